package sdkbuild

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A vendored handler carries all its dependencies, the SDK among them, and
// builds without network and module cache. A workspace would ignore its vendor
// directory. So it is built as it is, with the stand-ins laid over the SDK's
// files in it.

// vendoredSDK reports whether the module at root is one. Go decides by itself
// to use a vendor directory from language version 1.14 on.
func vendoredSDK(root string) (bool, error) {
	list, err := os.ReadFile(filepath.Join(root, "vendor", "modules.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sdkbuild: reading the vendor directory: %w", err)
	}
	return vendors(list, sdkPath) || vendors(list, ownPath), nil
}

// vendors reports whether modules.txt lists the module.
func vendors(list []byte, module string) bool {
	for line := range strings.Lines(string(list)) {
		if strings.HasPrefix(line, "# "+module+" ") {
			return true
		}
	}
	return false
}

// addVendored lays the stand-ins over their namesakes in root/vendor: their
// files are hidden, ours appear in their place.
func (o overlay) addVendored(root, tmp string, standins []standin) error {
	list, err := os.ReadFile(filepath.Join(root, "vendor", "modules.txt"))
	if err != nil {
		return fmt.Errorf("sdkbuild: reading the vendor directory: %w", err)
	}
	for _, s := range standins {
		if !vendors(list, s.path) {
			continue
		}
		theirs := filepath.Join(root, "vendor", filepath.FromSlash(s.path))
		err := filepath.WalkDir(theirs, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.Type().IsRegular() {
				o[path] = ""
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sdkbuild: reading the vendor directory: %w", err)
		}
		ours := filepath.Join(tmp, filepath.Base(s.path))
		if err := s.write(ours); err != nil {
			return err
		}
		for name := range s.files {
			name = filepath.FromSlash(name)
			o[filepath.Join(theirs, name)] = filepath.Join(ours, name)
		}
	}
	return nil
}

// addSeedless sets what the generated go.work sets for other handlers.
func (o overlay) addSeedless(ctx context.Context, g goCommand, root, tmp string) error {
	m, err := readModule(ctx, g, root)
	if err != nil {
		return err
	}
	if len(withSeedless(m.Godebug)) == len(m.Godebug) {
		return nil
	}
	file := filepath.Join(root, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("sdkbuild: preparing the build: %w", err)
	}
	text = append(bytes.TrimRight(text, "\n"), "\n\ngodebug "+seedless.Key+"="+seedless.Value+"\n"...)
	o[file] = filepath.Join(tmp, "go.mod")
	return writeFile(o[file], text)
}
