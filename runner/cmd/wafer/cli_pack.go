package main

import (
	"errors"
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/bundle"
)

type packCmd struct {
	Paths  []string `arg:"" name:"path" help:"What to pack: a directory stands for what is in it, a program, module or other file for itself."`
	Output string   `short:"o" default:"code.zip" placeholder:"FILE" help:"File to write. Default: code.zip, here. Left out of the package when it lies in what is packed."`
	Quiet  bool     `short:"q" help:"Print nothing when all goes well."`
}

func (packCmd) Help() string {
	return `Makes a code package: a zip as Function Compute takes it, and as wafer run, invoke and serve do.

The same content makes the same zip, byte for byte: entries are sorted and carry neither times nor owners. Programs and scripts are made executable. Links are kept as long as they stay within the package.

A package may hold a program and a WebAssembly module of the same function, for wafer to run either:

    wafer build -o fn/main.wasm ./hello
    GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build -o fn/main ./hello
    wafer pack -o hello.zip fn
    wafer run hello.zip --target wasm

Prints size and checksum, the CRC-64 that FC shows for code.`
}

// Run packs and prints one line about the result.
func (c *packCmd) Run(sys *system) error {
	p, err := bundle.PackFile(c.Output, c.Paths...)
	if err != nil {
		return plain(err)
	}
	if c.Quiet {
		return nil
	}
	_, err = fmt.Fprintf(sys.stdout, "%s: %.1f MB, checksum %d\n", c.Output, float64(p.Size)/1e6, p.Checksum)
	return err
}

// plain leaves the package's name out of an error about a code package.
func plain(err error) error {
	var e *bundle.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Entry == "" {
		return fmt.Errorf("%s: %s", e.File, e.Problem)
	}
	return fmt.Errorf("%s: entry %q: %s", e.File, e.Entry, e.Problem)
}
