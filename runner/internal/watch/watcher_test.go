package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWait: changes of files and trees are reported once each, those beside them
// are not.
func TestWait(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(in(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(in(name), []byte(time.Now().String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"s.yaml", "other", "tree/a/b.go", "tree/.git/x", "tree/node_modules/x"} {
		write(name)
	}
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Set([]string{in("s.yaml"), in("later")}, []string{in("tree"), in("nowhere")}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		change func()
		counts bool
	}{
		{"a file", func() { write("s.yaml") }, true},
		{"a neighbour", func() { write("other") }, false},
		{"a file that comes to be", func() { write("later") }, true},
		{"a file that is replaced", func() { write("new"); must(t, os.Rename(in("new"), in("s.yaml"))) }, true},
		{"a file in a tree", func() { write("tree/a/b.go") }, true},
		{"a new directory", func() { write("tree/c/d/e.go") }, true},
		{"a file in a new directory", func() { write("tree/c/d/e.go") }, true},
		{"a removed file", func() { must(t, os.Remove(in("tree/a/b.go"))) }, true},
		{"what git does", func() { write("tree/.git/x"); write("tree/node_modules/x") }, false},
		{"a mode", func() { must(t, os.Chmod(in("s.yaml"), 0o640)) }, false},
	} {
		step.change()
		wait := time.Minute
		if !step.counts {
			wait = 3 * settle
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		err := w.Wait(ctx)
		cancel()
		if step.counts && err != nil || !step.counts && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v, counts %v", step.name, err, step.counts)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
