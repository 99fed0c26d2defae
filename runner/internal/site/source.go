package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/bundle"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// kind is what a function's code is.
type kind uint8

const (
	module  kind = iota // a WebAssembly module
	source              // Go source, which becomes one
	program             // a native program, by itself or in its directory
	archive             // a zip with a module or a program
)

var kindNames = [...]string{"wasm", "go source", "native", "zip"}

// String names the kind for people.
func (k kind) String() string { return kindNames[k] }

// code is where a function's code is, and what.
type code struct {
	kind kind
	path string // of the module, the zip, the program or its directory, or the Go package
	// doubt says why a program will not start, which FC finds out by invocations
	// and not before. Empty for one that may.
	doubt string
}

// find looks at what is at a function's code path. text is what is wrong, or "".
func find(f *manifest.Function) (c code, text string) {
	if f.Code.Path == "" {
		return c, fmt.Sprintf("is not there: a function of the runtime %s has a container, and wafer runs none", f.Runtime)
	}
	info, text := stat(f)
	switch {
	case text != "":
		return c, text
	case info.IsDir():
		c, text = findIn(f)
	default:
		c, text = findFile(f)
	}
	if text == "" && c.kind != module && !runs(f.Runtime) {
		text = fmt.Sprintf("is for the runtime %s, which wafer does not have: want go1, custom or custom.debian10 to 12, or the code to be a .wasm file", f.Runtime)
	}
	return c, text
}

// stat looks whether there is anything at a function's code path. text is what
// is wrong, or "".
func stat(f *manifest.Function) (info fs.FileInfo, text string) {
	info, err := os.Stat(f.Code.Path)
	switch {
	case os.IsNotExist(err):
		text = fmt.Sprintf("is %q, and there is no such file or directory", f.Code.Written)
	case err != nil:
		text = fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	}
	return info, text
}

// runs reports whether a runtime is one of those that start a program.
func runs(runtime string) bool { return runtime == "go1" || custom(runtime) }

// foreign says that a runtime is not what runs a function's code, "" if it may be.
func foreign(f *manifest.Function, k kind) string {
	if k != module || runs(f.Runtime) {
		return ""
	}
	return fmt.Sprintf("has the runtime %s, and its code is a WebAssembly module: that runs by itself, and FC would not take it", f.Runtime)
}

// custom reports whether a runtime is one of those that start a server.
func custom(runtime string) bool {
	return runtime == "custom" || strings.HasPrefix(runtime, "custom.debian")
}

// findFile looks at code that is one file.
func findFile(f *manifest.Function) (code, string) {
	path := f.Code.Path
	if filepath.Ext(path) == ".go" {
		return code{kind: source, path: path}, ""
	}
	head, err := readHead(path)
	if err != nil {
		return code{}, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	}
	switch is, text := bundle.KindOf(head); is {
	case bundle.Module:
		return code{kind: module, path: path}, ""
	case bundle.Zip:
		return code{kind: archive, path: path}, ""
	case bundle.Program:
		return code{kind: program, path: path}, ""
	case bundle.Foreign:
		return code{}, fmt.Sprintf("is %q, a program for %s", f.Code.Written, text)
	}
	return code{}, fmt.Sprintf("is %q, which is neither a WebAssembly module, nor a zip, nor a program for Linux, nor Go source", f.Code.Written)
}

// readHead reads as much of a file as tells what it is.
func readHead(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head[:n], nil
}

// findIn looks at a directory. FC would start a program, so that comes first, or
// a module in its place; then comes source.
func findIn(f *manifest.Function) (code, string) {
	dir := f.Code.Path
	if start := startFile(f); !isFile(filepath.Join(dir, start)) && !isFile(filepath.Join(dir, start+".wasm")) {
		if isPackage(dir) {
			return code{kind: source, path: dir}, ""
		}
		if custom(f.Runtime) && len(f.Process.Command) > 0 {
			return code{kind: program, path: dir}, "" // a program of the system's
		}
	}
	b, err := bundle.Open(dir, "")
	if err != nil {
		return code{}, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	}
	defer b.Close()
	t, err := b.Target(f.Runtime, entry(f), bundle.Any)
	var bad *bundle.Error
	switch {
	case errors.As(err, &bad):
		if doubt := doubtOf(f, dir); doubt != "" {
			return code{kind: program, path: dir, doubt: doubt}, ""
		}
		return code{}, fmt.Sprintf("is %q: %s", f.Code.Written, problemOf(bad))
	case err != nil:
		return code{}, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	case t.Wasm != nil:
		return code{kind: module, path: filepath.Join(dir, filepath.FromSlash(t.Start))}, ""
	}
	return code{kind: program, path: dir}, ""
}

// doubtOf says why the start file of a custom runtime will not start, "" when it
// may, or when it can hardly be what was meant.
func doubtOf(f *manifest.Function, dir string) string {
	if !custom(f.Runtime) {
		return ""
	}
	name := startFile(f)
	text := func(what, code string) string {
		return fmt.Sprintf("is %q, and %s %s: invocations answer %s, as on FC", f.Code.Written, name, what, code)
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if modules, err := filepath.Glob(filepath.Join(dir, "*.wasm")); err != nil || len(modules) > 0 {
			return "" // one of which was to be run
		}
		return text("is not in it", "CAFileNotFound")
	case err != nil || !info.Mode().IsRegular():
		return ""
	case info.Mode()&0o111 == 0:
		return text(fmt.Sprintf("in it is not executable (mode %#o, run chmod +x on it)", info.Mode().Perm()), "CAFilePermission")
	}
	head, err := readHead(file)
	if is, _ := bundle.KindOf(head); err != nil || is != bundle.Other {
		return ""
	}
	return text("in it is no program, nor a script that begins with #!", "CAExited")
}

// problemOf is what is wrong with a package, without its name.
func problemOf(e *bundle.Error) string {
	if e.Entry == "" {
		return e.Problem
	}
	return e.Entry + ": " + e.Problem
}

// entry is what FC would start, as the file says it: a go1 function's handler, or
// the command of a custom runtime.
func entry(f *manifest.Function) string {
	switch {
	case f.Runtime == "go1":
		return f.Handler
	case len(f.Process.Command) > 0:
		return strings.TrimPrefix(f.Process.Command[0], "/code/")
	}
	return ""
}

// startFile is what FC would start, seen from the code's directory.
func startFile(f *manifest.Function) string {
	switch name := entry(f); {
	case name != "":
		return name
	case f.Runtime == "go1":
		return "main"
	}
	return bundle.DefaultBootstrap
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isPackage reports whether there is Go source in a directory that is no test.
func isPackage(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return !e.IsDir() && filepath.Ext(e.Name()) == ".go" && !strings.HasSuffix(e.Name(), "_test.go")
	})
}
