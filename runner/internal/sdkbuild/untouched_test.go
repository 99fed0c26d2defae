package sdkbuild_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// describe lists everything in a directory: modes, times and contents.
func describe(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		all[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano())
		if entry.Type().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[path] += " " + string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// seal makes a tree read-only, and writable again for the test to clean up.
func seal(t *testing.T, root string) {
	t.Helper()
	chmod := func(dir, file fs.FileMode) {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				return os.Chmod(path, dir)
			}
			return os.Chmod(path, file)
		})
		if err != nil {
			t.Error(err)
		}
	}
	chmod(0o500, 0o400)
	t.Cleanup(func() { chmod(0o700, 0o600) })
}

// TestBuildLeavesTheTreeAlone also fails where root ignores permissions: the
// comparison does not.
func TestBuildLeavesTheTreeAlone(t *testing.T) {
	t.Parallel()
	env := offline(t)
	sums := download(t, env)
	cases := map[string]tree{
		"with go.mod":       plain,
		"go.mod is lacking": plain.with(tree{"go.mod": "module example.org/h\n"}),
		"no go.mod":         {"main.go": hello},
		"vendored":          vendored,
		"dependencies": {
			"go.mod":  plain["go.mod"] + "\nrequire example.org/dep v1.0.0\n",
			"go.sum":  sums,
			"main.go": answer(sdk+"/fc", "\t\"example.org/dep\"", "func answer() string { return dep.Name }"),
		},
		// A build that may download writes sums somewhere else.
		"a workspace": workspace,
	}
	for name, files := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := files.write(t, "h")
			dir := root
			if _, ok := files["go.work"]; ok {
				dir = filepath.Join(root, "h")
			}
			seal(t, root)
			before := describe(t, root)
			mustBuild(t, sdkbuild.Options{Dir: dir, Env: env})
			if diff := cmp.Diff(before, describe(t, root)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBuildIsReproducible builds twice, in different temporary directories. The
// go command then finds its own work in the build cache, too.
func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	dir := plain.write(t, "h")
	read := func() []byte {
		module, err := os.ReadFile(mustBuild(t, sdkbuild.Options{Dir: dir}).Output)
		if err != nil {
			t.Fatal(err)
		}
		return module
	}
	first := read()
	if !bytes.Equal(first, read()) {
		t.Error("two builds of one handler differ")
	}
	for _, leak := range []string{"wafer-build-", dir, os.TempDir() + "/"} {
		if bytes.Contains(first, []byte(leak)) {
			t.Errorf("the module contains %q", leak)
		}
	}
}

// TestBuildCleansUp looks for what a build leaves in the temporary directory.
func TestBuildCleansUp(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	mustBuild(t, sdkbuild.Options{Dir: plain.write(t, "h")})
	wantError(t, build(t, sdkbuild.Options{Dir: tree{"a.go": "package a\n"}.write(t, "h")}), sdkbuild.ErrNotMain)
	left, err := filepath.Glob(filepath.Join(tmp, "wafer-build-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
