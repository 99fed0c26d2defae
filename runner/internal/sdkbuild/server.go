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

// changed are places in the standard library where something else has to stand:
// the names of functions that the added files stand in for, or what is called or
// returned.
var changed = []struct {
	dir, file string
	find      func(file *ast.File, from string) []ast.Node
	from, to  string
}{
	{"net", "net_fake.go", declaration, "socket", "fakeSocket"},
	{"net", "fd_fake.go", declaration, "accept", "acceptUnnamed"},
	{"net", "sockopt_fake.go", errorNumbers, "ENOPROTOOPT", "waferOption(syscall.ENOPROTOOPT)"},
	{"net", "tcpsockopt_stub.go", errorNumbers, "ENOPROTOOPT", "waferOption(syscall.ENOPROTOOPT)"},
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
	for _, c := range changed {
		original := filepath.Join(lib, filepath.FromSlash(c.dir), c.file)
		text, err := os.ReadFile(original)
		if errors.Is(err, fs.ErrNotExist) {
			return unknownLibrary(c.dir + "/" + c.file + " is missing")
		}
		if err != nil {
			return fmt.Errorf("sdkbuild: preparing the build: %w", err)
		}
		text, err = change(c.file, text, c.find, c.from, c.to)
		if err != nil {
			return err
		}
		o[original] = filepath.Join(tmp, "changed", c.file)
		if err := writeFile(o[original], text); err != nil {
			return err
		}
	}
	return nil
}

// change puts something else in those places of a Go file that find returns.
func change(name string, text []byte, find func(*ast.File, string) []ast.Node, from, to string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, unknownLibrary(err.Error())
	}
	var edits []edit
	for _, node := range find(file, from) {
		edits = append(edits, replace(fset, node, to))
	}
	if len(edits) == 0 {
		return nil, unknownLibrary(name + " does not have " + from + " where it was")
	}
	return apply(text, edits), nil
}

// declaration finds the name in the declaration of a function or method.
func declaration(file *ast.File, name string) []ast.Node {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name {
			return []ast.Node{f.Name}
		}
	}
	return nil
}

// errorNumbers finds a constant of package syscall.
func errorNumbers(file *ast.File, name string) (found []ast.Node) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			found = append(found, s)
		}
		return true
	})
	return found
}

// calls finds the name in the calls of a function.
func calls(file *ast.File, name string) (found []ast.Node) {
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
