//go:build unix

package code

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrust(t *testing.T) {
	tests := []struct {
		name   string
		make   func(t *testing.T, dir string) error
		reason string // "" means that it is trusted
	}{
		{"missing", func(*testing.T, string) error { return nil }, ""},
		{"ours", func(_ *testing.T, dir string) error { return os.Mkdir(dir, 0o700) }, ""},
		{"readable by others", func(_ *testing.T, dir string) error { return mkdir(dir, 0o755) }, ""},
		{"writable by the group", func(_ *testing.T, dir string) error { return mkdir(dir, 0o770) }, "others could put code into it"},
		{"writable by all", func(_ *testing.T, dir string) error { return mkdir(dir, 0o1777) }, "others could put code into it"},
		{"another's", func(t *testing.T, dir string) error {
			if os.Geteuid() != 0 {
				t.Skip("only root can give directories away")
			}
			return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 12345, -1))
		}, "belongs to user 12345"},
		{"versions writable", func(_ *testing.T, dir string) error {
			layout, err := layoutID()
			return errors.Join(err, os.Mkdir(dir, 0o700), mkdir(filepath.Join(dir, layout), 0o777))
		}, "others could put code into it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			if err := test.make(t, dir); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), Options{Dir: dir, Config: config()})
			if test.reason == "" {
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Close(context.Background()); err != nil {
					t.Error(err)
				}
				return
			}
			var refused *DirError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("error %v, want a DirError with %q", err, test.reason)
			}
		})
	}
}

func mkdir(dir string, mode os.FileMode) error {
	perm := mode.Perm()
	return errors.Join(os.Mkdir(dir, perm), os.Chmod(dir, perm))
}

func TestNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if _, err := Open(context.Background(), Options{Dir: dir, Config: config()}); err == nil {
			t.Errorf("%s: no error", dir)
		}
	}
}

// TestFilesAreOurs looks at the modes of everything that a store makes.
func TestFilesAreOurs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	s := open(t, Options{Dir: dir})
	prepare(t, s, subject(t, 0))
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(s.dir.newFiles())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if !e.IsDir() { // or wazero's
			t.Errorf("%s is left over", e.Name())
		}
	}
}

// TestPrivateDirectory goes away with its store, and later processes remove
// those of killed ones.
func TestPrivateDirectory(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	list := func() int {
		entries, err := os.ReadDir(tmp)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	dead := filepath.Join(tmp, privatePrefix+"dead", "below")
	if err := os.MkdirAll(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	a, b := open(t, Options{}), open(t, Options{})
	if got := list(); got != 2 {
		t.Errorf("%d directories, want 2", got)
	}
	for _, s := range []*Store{a, b} {
		exercise(t, s, prepare(t, s, subject(t, 0)))
	}
	if err := a.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if got := list(); got != 1 {
		t.Errorf("%d directories, want 1", got)
	}
	exercise(t, b, load(t, b, subject(t, 0)))
	if err := b.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if got := list(); got != 0 {
		t.Errorf("%d directories, want none", got)
	}
}
