package sdkbuild

import (
	"context"
	"errors"
	"path/filepath"
)

// godebug is a default for a GODEBUG setting, from a go.mod or go.work file.
type godebug struct{ Key, Value string }

// mainModule is a module whose sources the build compiles where they are.
type mainModule struct {
	dir       string
	Module    struct{ Path string }
	Go        string // language version, such as "1.18"; may be empty
	Toolchain string // such as "go1.26.1"; usually empty
	Godebug   []godebug
}

// readModule reads dir/go.mod.
func readModule(ctx context.Context, g goCommand, dir string) (mainModule, error) {
	m := mainModule{dir: dir}
	err := g.runJSON(ctx, &m, "mod", "edit", "-json", filepath.Join(dir, "go.mod"))
	return m, asModuleError(err)
}

// userWork is the go.work file that the user put in charge of the handler.
type userWork struct {
	dir       string
	Go        string
	Toolchain string
	Godebug   []godebug
	Use       []struct{ DiskPath string }
	Replace   []struct {
		Old, New struct{ Path, Version string }
	}
}

// readWork reads a go.work file and makes its paths absolute.
func readWork(ctx context.Context, g goCommand, file string) (userWork, error) {
	w := userWork{dir: filepath.Dir(file)}
	if err := g.runJSON(ctx, &w, "work", "edit", "-json", file); err != nil {
		return w, asModuleError(err)
	}
	abs := func(path *string) {
		if !filepath.IsAbs(*path) {
			*path = filepath.Join(w.dir, filepath.FromSlash(*path))
		}
	}
	for i := range w.Use {
		abs(&w.Use[i].DiskPath)
	}
	for i := range w.Replace {
		if w.Replace[i].New.Version == "" { // a directory
			abs(&w.Replace[i].New.Path)
		}
	}
	return w, nil
}

// asModuleError blames the user's go.mod or go.work for what the go command
// could not do with it.
func asModuleError(err error) error {
	var failed *commandError
	if errors.As(err, &failed) {
		return &Error{ErrModules, failed.Error()}
	}
	return err
}
