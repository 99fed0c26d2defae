package sdkbuild

import (
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A program that listens instead of calling fc.Start is built into a server:
// package guest/server, which knows how to run it, is imported by one more file
// in its main package, net.Listen learns of the host's listener, and os/signal
// stops waiting. All this exists in the build only. See RATIONALE.md, "Why is
// net.Listen patched?".

var (
	//go:embed overlay/wafer_listen_wasip1.go.txt
	listenSource []byte
	//go:embed overlay/wafer_signal_wasip1.go.txt
	signalSource []byte
)

const (
	// serverFile is the file added to the main package.
	serverFile = "wafer_server_wasip1.go"
	// serverPackage is what it imports.
	serverPackage = ownGuest + "/server"
	// listenFile and signalFile are those added to packages net and os/signal.
	listenFile = "wafer_listen_wasip1.go"
	signalFile = "wafer_signal_wasip1.go"
)

// renamed are functions of the standard library that the added files stand in
// for, as from says, or functions whose callers are to call others.
var renamed = []struct {
	dir, file string
	rename    func(file *ast.File, from string) []*ast.Ident
	from, to  string
}{
	{"net", "net_fake.go", declaration, "socket", "fakeSocket"},
	{"net", "fd_fake.go", declaration, "accept", "acceptUnnamed"},
	{"os/signal", "signal.go", calls, "signalWaitUntilIdle", "idle"},
}

// hidden are files of the standard library in whose place the added ones are.
var hidden = []string{"os/signal/signal_unix.go"}

// serves reports whether a program without the SDK can be a server.
func serves(deps []*listed) bool {
	for _, p := range deps {
		if p.Standard && p.ImportPath == "net/http" {
			return true
		}
	}
	return false
}

// addServer makes the program in dir a server.
func (o overlay) addServer(goroot, dir, tmp string) error {
	main := filepath.Join(tmp, serverFile)
	if err := writeFile(main, []byte("package main\n\nimport _ \""+serverPackage+"\"\n")); err != nil {
		return err
	}
	o[filepath.Join(dir, serverFile)] = main
	lib := filepath.Join(goroot, "src")
	for _, add := range []struct {
		dir, name string
		source    []byte
	}{{"net", listenFile, listenSource}, {"os/signal", signalFile, signalSource}} {
		file := filepath.Join(tmp, add.name)
		if err := writeFile(file, add.source); err != nil {
			return err
		}
		o[filepath.Join(lib, filepath.FromSlash(add.dir), add.name)] = file
	}
	for _, name := range hidden {
		o[filepath.Join(lib, filepath.FromSlash(name))] = ""
	}
	for _, r := range renamed {
		original := filepath.Join(lib, filepath.FromSlash(r.dir), r.file)
		text, err := os.ReadFile(original)
		if errors.Is(err, fs.ErrNotExist) {
			return unknownLibrary(r.dir + "/" + r.file + " is missing")
		}
		if err != nil {
			return fmt.Errorf("sdkbuild: preparing the build: %w", err)
		}
		text, err = rename(r.file, text, r.rename, r.from, r.to)
		if err != nil {
			return err
		}
		o[original] = filepath.Join(tmp, "renamed", r.file)
		if err := writeFile(o[original], text); err != nil {
			return err
		}
	}
	return nil
}

// rename changes a name in those places of a Go file that find returns.
func rename(name string, text []byte, find func(*ast.File, string) []*ast.Ident, from, to string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, unknownLibrary(err.Error())
	}
	var edits []edit
	for _, id := range find(file, from) {
		edits = append(edits, replace(fset, id, to))
	}
	if len(edits) == 0 {
		return nil, unknownLibrary(name + " does not have " + from + " where it was")
	}
	return apply(text, edits), nil
}

// declaration finds the declaration of a function or method.
func declaration(file *ast.File, name string) []*ast.Ident {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name {
			return []*ast.Ident{f.Name}
		}
	}
	return nil
}

// calls finds the calls of a function.
func calls(file *ast.File, name string) (found []*ast.Ident) {
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == name {
				found = append(found, id)
			}
		}
		return true
	})
	return found
}

// blamesServer reports whether a build failed because of what addServer added
// to the standard library.
func blamesServer(stderr string) bool {
	return strings.Contains(stderr, listenFile) || strings.Contains(stderr, signalFile)
}

func unknownLibrary(what string) error {
	return &Error{ErrOldToolchain, "the standard library of this Go toolchain is not one that servers can be built with: " + what +
		": use another version of Go, or make the program a handler of the FC SDK"}
}
