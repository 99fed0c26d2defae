package sdkbuild

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// target is the package to build, as the user named it.
type target struct {
	// dir is where to look for the go.mod that governs the package.
	dir string
	// pattern names the package for the go command, from any directory.
	pattern string
}

// findTarget tells directories and files from import paths: unlike go build,
// "examples/hello" means the directory when there is one.
func findTarget(dir, pkg string) (target, error) {
	if pkg == "" {
		pkg = "."
	}
	if strings.Contains(pkg, "...") {
		return target{}, &Error{ErrNoPackage, fmt.Sprintf("%s: name one package, not a pattern", pkg)}
	}
	path := pkg
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return target{dir: path, pattern: path}, nil
	case err == nil && strings.HasSuffix(path, ".go"):
		return target{dir: filepath.Dir(path), pattern: path}, nil
	case err == nil:
		return target{}, &Error{ErrNoPackage, fmt.Sprintf("%s is neither a directory nor a .go file", pkg)}
	case !errors.Is(err, fs.ErrNotExist):
		return target{}, fmt.Errorf("sdkbuild: looking for package %s: %w", pkg, err)
	case filepath.IsAbs(pkg) || strings.HasPrefix(pkg, ".") || strings.HasSuffix(pkg, ".go"):
		return target{}, &Error{ErrNoPackage, fmt.Sprintf("%s: no such file or directory", pkg)}
	}
	return target{dir: dir, pattern: pkg}, nil
}
