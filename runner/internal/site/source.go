package site

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// kind is what a function's code is.
type kind uint8

const (
	module  kind = iota // a WebAssembly module
	source              // Go source, which becomes one
	program             // a native program, in its directory
	archive             // a zip with any of these
)

var kindNames = [...]string{"wasm", "go source", "native", "zip"}

// String names the kind for people.
func (k kind) String() string { return kindNames[k] }

// code is where a function's code is, and what.
type code struct {
	kind kind
	path string // of the module, the zip, the native program's directory or the Go package
}

// find looks at what is at a function's code path. FC would start a program, so
// that comes first in a directory; text is what is wrong, or "".
func find(f *manifest.Function) (c code, text string) {
	if f.Code.Path == "" {
		return c, fmt.Sprintf("is not there: a function of the runtime %s has a container, and wafer runs none", f.Runtime)
	}
	info, err := os.Stat(f.Code.Path)
	switch {
	case os.IsNotExist(err):
		return c, fmt.Sprintf("is %q, and there is no such file or directory", f.Code.Written)
	case err != nil:
		return c, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
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

// runs reports whether a runtime is one of those that start a program.
func runs(runtime string) bool {
	return runtime == "go1" || runtime == "custom" || strings.HasPrefix(runtime, "custom.debian")
}

// findFile looks at code that is one file.
func findFile(f *manifest.Function) (code, string) {
	path := f.Code.Path
	head, err := headOf(path)
	switch {
	case err != nil:
		return code{}, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	case bytes.HasPrefix(head, []byte("\x00asm")):
		return code{module, path}, ""
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return code{archive, path}, ""
	case bytes.HasPrefix(head, []byte("\x7fELF")), bytes.HasPrefix(head, []byte("#!")):
		return code{program, path}, ""
	case filepath.Ext(path) == ".go":
		return code{source, path}, ""
	}
	return code{}, fmt.Sprintf("is %q, which is neither a WebAssembly module, nor a zip, nor a program for Linux, nor Go source", f.Code.Written)
}

// findIn looks at a directory.
func findIn(f *manifest.Function) (code, string) {
	dir := f.Code.Path
	entries, err := os.ReadDir(dir)
	if err != nil {
		return code{}, fmt.Sprintf("is %q, which cannot be read: %v", f.Code.Written, err)
	}
	start := startFile(f)
	if info, err := os.Stat(filepath.Join(dir, start)); err == nil && info.Mode().IsRegular() {
		if head, err := headOf(filepath.Join(dir, start)); err == nil && bytes.HasPrefix(head, []byte("\x00asm")) {
			return code{module, filepath.Join(dir, start)}, ""
		}
		return code{program, dir}, ""
	}
	var modules []string
	golang := false
	for _, e := range entries {
		switch name := e.Name(); {
		case e.IsDir():
		case filepath.Ext(name) == ".wasm":
			modules = append(modules, name)
		case filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go"):
			golang = true
		}
	}
	own := filepath.Base(start) + ".wasm"
	switch {
	case slices.Contains(modules, own):
		return code{module, filepath.Join(dir, own)}, ""
	case golang:
		return code{source, dir}, ""
	case len(modules) == 1:
		return code{module, filepath.Join(dir, modules[0])}, ""
	case len(modules) > 1:
		return code{}, fmt.Sprintf("is %q, which has %d modules (%s) and none is called %s", f.Code.Written, len(modules), strings.Join(modules, ", "), own)
	case len(f.Process.Command) > 0 && runs(f.Runtime) && f.Runtime != "go1":
		return code{program, dir}, "" // a program of the system's
	}
	return code{}, fmt.Sprintf("is %q, a directory with neither %s, which FC would start, nor a .wasm file, nor Go source", f.Code.Written, start)
}

// startFile is what FC would start, seen from the code's directory.
func startFile(f *manifest.Function) string {
	switch {
	case f.Runtime == "go1":
		if f.Handler != "" {
			return f.Handler
		}
		return "main"
	case len(f.Process.Command) > 0:
		return strings.TrimPrefix(f.Process.Command[0], "/code/")
	}
	return "bootstrap"
}

// headOf reads the beginning of a file.
func headOf(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(file, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}
