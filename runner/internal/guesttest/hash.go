package guesttest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest"
)

// key names everything that a guest is made from: the handler, the go.mod above
// it, our guest packages, the way they are built, and the toolchain.
func key(dir, toolchain string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "toolchain %q\n", toolchain)
	trees := []fs.FS{os.DirFS(dir), guest.Sources, abi.Sources}
	recipe, err := recipe()
	if err != nil {
		return "", err
	}
	for _, tree := range append(trees, recipe...) {
		if err := addTree(h, tree); err != nil {
			return "", err
		}
	}
	root, err := above(dir, "go.mod")
	if err != nil || root == "" {
		return fmt.Sprintf("%x", h.Sum(nil)), err
	}
	rel, err := filepath.Rel(root, dir) // part of the import path
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "package %q\n", rel)
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := addFile(h, os.DirFS(root), name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// recipe returns the sources of the build command itself. Tests run in the
// directory of their package, so the tree is found by going up from there.
func recipe() ([]fs.FS, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		root, err := above(dir, "go.mod")
		if err != nil {
			return nil, err
		}
		if root == "" {
			return nil, errors.New("the test does not run inside the source tree")
		}
		internal := filepath.Join(root, "runner", "internal")
		if _, err := os.Stat(filepath.Join(internal, "sdkbuild")); err == nil {
			return []fs.FS{os.DirFS(filepath.Join(internal, "sdkbuild")), os.DirFS(filepath.Join(internal, "stamp"))}, nil
		}
		dir = filepath.Dir(root) // a module of its own inside the tree
	}
}

// above returns the nearest directory at or above dir that has the file, or "".
func above(dir, name string) (string, error) {
	for {
		_, err := os.Stat(filepath.Join(dir, name))
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// addTree hashes all files of a tree but tests and what tests keep beside them.
func addTree(h hash.Hash, tree fs.FS) error {
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && entry.Name() == "testdata" {
			return fs.SkipDir
		}
		if match, _ := filepath.Match("*_test.go", entry.Name()); match || !entry.Type().IsRegular() {
			return nil
		}
		return addFile(h, tree, name)
	})
}

func addFile(h hash.Hash, tree fs.FS, name string) error {
	file, err := tree.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	content := sha256.New()
	if _, err := io.Copy(content, file); err != nil {
		return err
	}
	fmt.Fprintf(h, "file %q %x\n", name, content.Sum(nil))
	return nil
}
