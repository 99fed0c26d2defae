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
// in its main package, and net.Listen learns of the host's listener. Both exist
// in the build only. See RATIONALE.md, "Why is net.Listen patched?".

//go:embed overlay/wafer_listen_wasip1.go.txt
var listenSource []byte

const (
	// serverFile is the file added to the main package.
	serverFile = "wafer_server_wasip1.go"
	// listenFile is the file added to package net.
	listenFile = "wafer_listen_wasip1.go"
)

// serverPackage is what the file in the main package imports.
const serverPackage = ownGuest + "/server"

// renamed are the functions of package net that listenFile stands in for.
var renamed = []struct{ file, receiver, from, to string }{
	{"net_fake.go", "", "socket", "fakeSocket"},
	{"fd_fake.go", "netFD", "accept", "acceptUnnamed"},
}

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
	net := filepath.Join(goroot, "src", "net")
	listen := filepath.Join(tmp, "net", listenFile)
	if err := writeFile(listen, listenSource); err != nil {
		return err
	}
	o[filepath.Join(net, listenFile)] = listen
	for _, r := range renamed {
		text, err := os.ReadFile(filepath.Join(net, r.file))
		if errors.Is(err, fs.ErrNotExist) {
			return unknownNet(r.file + " is missing")
		}
		if err != nil {
			return fmt.Errorf("sdkbuild: preparing the build: %w", err)
		}
		text, err = renameFunc(r.file, text, r.receiver, r.from, r.to)
		if err != nil {
			return err
		}
		file := filepath.Join(tmp, "net", r.file)
		if err := writeFile(file, text); err != nil {
			return err
		}
		o[filepath.Join(net, r.file)] = file
	}
	return nil
}

// renameFunc renames the declaration of a function or method in a Go file.
func renameFunc(name string, text []byte, receiver, from, to string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, unknownNet(err.Error())
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if ok && f.Name.Name == from && receiverOf(f) == receiver {
			return apply(text, []edit{replace(fset, f.Name, to)}), nil
		}
	}
	return nil, unknownNet(name + " has no function " + from)
}

// receiverOf returns the name of a method's type, "" for functions.
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	id, _ := t.(*ast.Ident)
	if id == nil {
		return ""
	}
	return id.Name
}

// blamesListen reports whether a build failed because of what addServer added
// to package net.
func blamesListen(stderr string) bool { return strings.Contains(stderr, listenFile) }

func unknownNet(what string) error {
	return &Error{ErrOldToolchain, "package net of this Go toolchain is not one that servers can be built with: " + what +
		": use another version of Go, or make the program a handler of the FC SDK"}
}
