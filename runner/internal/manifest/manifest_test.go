package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// environ is the environment of all manifests under testdata.
var environ = []string{"SET=first", "SET=set", "NUMBER=12", "WORD=twelve", "EMPTY="}

// TestGood: what is read of manifests, field by field, and what is ignored.
func TestGood(t *testing.T) {
	golden(t, "testdata/good", func(t *testing.T, file string, src []byte) string {
		m, err := Parse(file, src, Options{Environ: environ})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, i := range m.Ignored {
			b.WriteString(i.String() + "\n")
		}
		m.Ignored = nil
		// Events are bytes, which are text for people.
		events := map[string][]string{}
		for i := range m.Functions {
			for _, e := range m.Functions[i].Extension.Warmup {
				events[m.Functions[i].ID] = append(events[m.Functions[i].ID], string(e))
			}
			m.Functions[i].Extension.Warmup = nil
		}
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		for _, v := range []any{m, events} {
			if err := enc.Encode(prune(t, v)); err != nil {
				t.Fatal(err)
			}
		}
		return strings.ReplaceAll(b.String(), m.Dir, "DIR")
	})
}

// prune returns v as JSON, without zero values and with places in one line.
func prune(t *testing.T, v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			if line, ok := v["line"]; ok {
				return fmt.Sprint(line, ":", v["column"])
			}
			for key, value := range v {
				if value = walk(value); value == nil || value == "" || value == false || value == 0.0 {
					delete(v, key)
					continue
				}
				v[key] = walk(value)
			}
			if len(v) == 0 {
				return nil
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		}
		return v
	}
	return walk(tree)
}

// TestBad: the whole text of the errors.
func TestBad(t *testing.T) {
	golden(t, "testdata/bad", func(t *testing.T, file string, src []byte) string {
		m, err := Parse(file, src, Options{Environ: environ})
		var e *Error
		if !errors.As(err, &e) || m != nil {
			t.Fatalf("read as %+v, error %v, want none and an *Error", m, err)
		}
		return strings.ReplaceAll(err.Error(), filepath.Dir(file)+"/", "") + "\n"
	})
}

// golden compares what f makes of every manifest in dir with the file beside it.
// With UPDATE_GOLDEN set, it writes these files.
func golden(t *testing.T, dir string, f func(t *testing.T, file string, src []byte) string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d manifests, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, want := f(t, file, src), strings.TrimSuffix(file, ".yaml")+".golden"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(want, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", want, diff)
			}
		})
	}
}
