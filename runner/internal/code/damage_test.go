package code

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// damage is something that happens to a file between two processes.
type damage struct {
	name  string
	apply func(b []byte) []byte // nil removes the file
}

func damages(size int) []damage {
	list := []damage{
		{"removed", func([]byte) []byte { return nil }},
		{"empty", func([]byte) []byte { return []byte{} }},
		{"longer", func(b []byte) []byte { return append(b, 0) }},
		{"other format", func(b []byte) []byte { b[6]++; return b }},
		{"zeros", func(b []byte) []byte { clear(b); return b }},
	}
	cuts := []int{1, 7, 8, archiveHead - 1, archiveHead, archiveHead + 10, headSize(moduleParts), headSize(objectParts),
		headSize(objectParts) + 5, size / 2, pageAlign - 1, pageAlign, pageAlign + 1, size - 1}
	for _, at := range cuts {
		if at < size {
			list = append(list, damage{fmt.Sprintf("cut at %d", at), func(b []byte) []byte { return b[:at] }})
		}
	}
	for at := 0; at < size; at += 1 + at/9 { // dense in the head
		list = append(list, damage{fmt.Sprintf("bit at %d", at), func(b []byte) []byte { b[at] ^= 1 << (at % 8); return b }})
	}
	return append(list, damage{"last bit", func(b []byte) []byte { b[len(b)-1] ^= 0x80; return b }})
}

// load does what the engine does with a module.
func load(tb testing.TB, s *Store, r *rewrite.Result) *Code {
	tb.Helper()
	if c := s.Lookup(context.Background(), KeyOf(r.Wasm)); c != nil {
		tb.Cleanup(c.Close)
		return c
	}
	return prepare(tb, s, r)
}

// TestDamagedFiles damages each file of a store in many ways. The next process
// must make it anew, and the one after that find it.
func TestDamagedFiles(t *testing.T) {
	r := subject(t, 0)
	origin := t.TempDir()
	first := open(t, Options{Dir: origin})
	want := exercise(t, first, prepare(t, first, r))
	for _, name := range filesOf(t, origin) {
		content, err := os.ReadFile(filepath.Join(origin, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range damages(len(content)) {
			t.Run(strings.TrimPrefix(filepath.Ext(name), ".")+"/"+d.name, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(origin)); err != nil {
					t.Fatal(err)
				}
				replace(t, filepath.Join(dir, name), d.apply([]byte(string(content))))
				for _, process := range []string{"next", "later"} {
					s := open(t, Options{Dir: dir})
					c := load(t, s, r)
					if diff := compare(want, exercise(t, s, c)); diff != "" {
						t.Errorf("%s process (-first +%s):\n%s", process, process, diff)
					}
					if i := c.Info(); i.Mode != wantMode(s) || process == "later" && i.Stored != (s.husks != nil) {
						t.Errorf("%s process: %+v", process, i)
					}
				}
			})
		}
	}
}

// filesOf lists the files below dir.
func filesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// replace gives a file other content, as if it had been so all the time.
func replace(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		return
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDamageWhileRunning damages files after the code was evicted.
func TestDamageWhileRunning(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir, Budget: -1})
	r := subject(t, 0)
	c := prepare(t, s, r)
	want := exercise(t, s, c)
	each := func(suffix string, do func(path string)) {
		for _, name := range filesOf(t, dir) {
			if strings.HasSuffix(name, suffix) {
				do(filepath.Join(dir, name))
			}
		}
	}
	each(".code", func(path string) { replace(t, path, nil) })
	if diff := compare(want, exercise(t, s, c)); diff != "" {
		t.Errorf("without code (-before +after):\n%s", diff)
	}
	each(".code", func(path string) { replace(t, path, []byte("x")) })
	if diff := compare(want, exercise(t, s, c)); diff != "" {
		t.Errorf("with damaged code (-before +after):\n%s", diff)
	}
	if i := c.Info(); s.husks != nil && i.Reason != "" {
		t.Errorf("info: %+v", i)
	}
	each(".code", func(path string) { replace(t, path, nil) })
	each(".wasm", func(path string) { replace(t, path, []byte("x")) })
	var missing *FileError
	if _, err := c.Acquire(context.Background()); !errors.As(err, &missing) {
		t.Errorf("without anything: %v, want a FileError", err)
	}
	if st := s.Stats(); st.Failures != 1 || st.Held != 0 || st.Resident != 0 {
		t.Errorf("stats: %+v", st)
	}
	if diff := compare(want, exercise(t, s, load(t, s, r))); diff != "" {
		t.Errorf("prepared again (-before +after):\n%s", diff)
	}
}

// TestEverythingIsRemoved empties the directory of a running store.
func TestEverythingIsRemoved(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	want := exercise(t, s, prepare(t, s, subject(t, 0)))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	evictAll(s)
	c := load(t, s, subject(t, 0))
	if diff := compare(want, exercise(t, s, c)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if i := c.Info(); i.Mode != wantMode(s) {
		t.Errorf("info: %+v", i)
	}
}

// TestNothingCanBeWritten keeps modules in memory.
func TestNothingCanBeWritten(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	want := exercise(t, s, prepare(t, s, subject(t, 0)))
	if err := errors.Join(os.Remove(s.dir.newFiles()), os.WriteFile(s.dir.newFiles(), nil, 0o600)); err != nil && s.husks != nil {
		t.Fatal(err)
	} else if err != nil {
		t.Skip("wazero has files there")
	}
	c, err := s.Prepare(context.Background(), Key{1}, variant(t, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	log := exercise(t, s, c)
	if diff := compare(want[:3], log[:3]); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if i := c.Info(); i.Mode != Compiled || !strings.Contains(i.Reason, "writing") {
		t.Errorf("info: %+v", i)
	}
}

// TestSwappedFiles puts the files of one module in the place of another's.
func TestSwappedFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir, Budget: -1})
	a, b := prepare(t, s, variant(t, 1)), prepare(t, s, variant(t, 2))
	var codes []string
	for _, name := range filesOf(t, dir) {
		if filepath.Ext(name) == ".code" {
			codes = append(codes, filepath.Join(dir, name))
		}
	}
	if s.husks != nil {
		if err := errors.Join(os.Rename(codes[0], codes[0]+"x"), os.Rename(codes[1], codes[0]), os.Rename(codes[0]+"x", codes[1])); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []*Code{a, b} {
		host(t, s.Runtime(), c.Imports())
		l := acquire(t, c)
		m := start(t, s, c, l)
		if got := call(m, "variant"); got != fmt.Sprintf("variant[] = [%d]", i+1) {
			t.Error(got)
		}
		_ = m.Close(context.Background())
		l.Release()
	}
}
