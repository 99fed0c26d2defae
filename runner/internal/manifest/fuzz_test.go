package manifest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse: whatever the file is, it is read or has problems, each with a place
// in the file and a text of one line.
func FuzzParse(f *testing.F) {
	for _, dir := range []string{"testdata/good", "testdata/bad"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	opts := Options{Environ: environ, ReadFile: func(string) ([]byte, error) { return []byte("${vars.x}"), nil }}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := Parse("s.yaml", src, opts)
		if err == nil {
			for _, fn := range m.Functions {
				if functionName(fn.FullName()) != "" || fn.Timeout <= 0 || fn.Memory < 128 {
					t.Errorf("read the function %+v", fn)
				}
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || len(e.Problems) == 0 || m != nil {
			t.Fatalf("manifest %v, error %v, want an *Error with problems", m, err)
		}
		lines := bytes.Count(src, []byte("\n")) + bytes.Count(src, []byte("\r")) + 1
		for _, p := range e.Problems {
			if p.Pos.Line > lines || p.Text == "" || strings.ContainsAny(p.String(), "\r\n") {
				t.Errorf("the file has %d lines, a problem is %q", lines, p)
			}
		}
	})
}

// TestDeep: what is nested too deep for the parser is turned away before it.
func TestDeep(t *testing.T) {
	for name, src := range map[string]string{
		"lists":    strings.Repeat("[", 1<<14),
		"mappings": strings.Repeat("{a: ", 1<<14),
		"entries":  strings.Repeat("- ", 1<<14),
		"keys":     strings.Repeat("? ", 1<<14),
		"tags":     strings.Repeat("!!a ", 1<<14),
	} {
		_, err := Parse("s.yaml", []byte(src), Options{})
		if err == nil || !strings.Contains(err.Error(), "nested deeper than 64") && !strings.Contains(err.Error(), "not YAML") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Parse("s.yaml", make([]byte, maxFile+1), Options{}); err == nil || err.Error() != "s.yaml: the file has 524289 bytes, want at most 524288" {
		t.Errorf("error %v", err)
	}
}
