package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

type buildCmd struct {
	Package string   `arg:"" optional:"" default:"." help:"Main package: a directory, a .go file or an import path. Default: the current directory."`
	Output  string   `short:"o" type:"path" placeholder:"FILE" help:"File to write. Default: <name of the package's directory>.wasm here, or without .wasm for a native program."`
	Target  string   `default:"wasip1/wasm" placeholder:"OS/ARCH" help:"What to build for: wasip1/wasm, a sandboxed module, or for example linux/amd64, a static native program."`
	Tags    []string `placeholder:"TAG" help:"Build tags, as for go build."`
	Ldflags string   `placeholder:"FLAGS" help:"Linker flags, as for go build: --ldflags=\"-X main.version=1\" sets a variable, --ldflags=-s leaves out function names (2% smaller)."`
	Go      string   `default:"go" placeholder:"CMD" help:"Go command to build with."`
	Quiet   bool     `short:"q" help:"Print nothing when all goes well."`
}

func (buildCmd) Help() string {
	return `Compiles a Go program that calls fc.Start, or that is an HTTP server, into a WebAssembly module, or a native program, that wafer can run. The source stays as it is, and need not know about wafer:

    package main

    import "github.com/aliyun/fc-runtime-go-sdk/fc"

    func main() {
        fc.Start(func(name string) (string, error) { return "hello " + name, nil })
    }

The import path of the FC Go SDK is served from within wafer: the SDK itself is neither downloaded nor compiled. Other modules come from the module cache, the network or the handler's vendor directory, as for go build. Nothing is written beside the source, except the module when that is where you are.

Examples:

    wafer build                        this directory, to <its name>.wasm
    wafer build -o hello.wasm ./hello  another directory, another name
    wafer build main.go                one file, without a go.mod
    wafer build --tags prod ./cmd/fn   with a build tag
    wafer build --target linux/amd64   a native program, to <directory name>

A native program serves FC's runtime API where FC_RUNTIME_API names one, and itself on 127.0.0.1:9000 (or the port in FC_SERVER_PORT) where none is: run it and see.

Needs Go 1.24 or newer on PATH; 1.26 or newer makes functions that need less memory. The first build compiles Go's standard library for WebAssembly and takes up to a minute, the next ones a second. Exits with 1 when the build fails.`
}

// Run builds the package and prints one line about the result.
func (c *buildCmd) Run(ctx context.Context, sys *system) error {
	result, err := sdkbuild.Build(ctx, sdkbuild.Options{
		Package: c.Package,
		Output:  c.Output,
		Target:  c.Target,
		Env:     sys.environ,
		Go:      c.Go,
		Tags:    c.Tags,
		LDFlags: c.Ldflags,
		Version: version(),
		Stderr:  sys.stderr,
	})
	var failed *sdkbuild.Error
	if errors.As(err, &failed) {
		return errors.New(failed.Message) // which is for people, unlike the package's name
	}
	if err != nil {
		return err
	}
	if c.Quiet {
		return nil
	}
	for _, warning := range result.Warnings {
		if _, err := fmt.Fprintf(sys.stderr, "wafer: warning: %s\n", warning); err != nil {
			return err
		}
	}
	if result.Target != sdkbuild.DefaultTarget {
		_, err = fmt.Fprintf(sys.stdout, "%s: %.1f MB, %s, %s\n",
			shortPath(result.Output), float64(result.Size)/1e6, result.Target, result.GoVersion)
		return err
	}
	_, err = fmt.Fprintf(sys.stdout, "%s: %.1f MB, starts with %.1f MB of memory (%d pages), %s\n",
		shortPath(result.Output), float64(result.Size)/1e6,
		float64(result.MemoryPages)*64*1024/1e6, result.MemoryPages, result.GoVersion)
	return err
}

// shortPath returns the path as seen from the working directory, when that is
// shorter.
func shortPath(path string) string {
	dir, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
