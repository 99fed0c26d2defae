package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/bundle"
)

// packageFlags say what of a code package to run.
type packageFlags struct {
	Target bundle.Want `default:"any" enum:"any,wasm,native" help:"What of a package to run, a directory or zip that may have both: a WebAssembly module (wasm) or a program (native). any takes what FC would start, else a module."`

	dir  string         // code directory of a program in a package
	pack *bundle.Bundle // the package, if it is one
}

// unpack opens the package that the file is, if it is one, and goes on with the
// file in it that is to run.
func (p *programFlags) unpack() (closer, error) {
	info, err := os.Stat(p.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, p.missing()
	case err != nil:
		return closers{}, nil // which is found when it is loaded
	}
	if magic, err := readMagic(p.File); !info.IsDir() && (err != nil || !bytes.HasPrefix(magic, []byte("PK"))) {
		return closers{}, p.fits(magic)
	}
	var held closers
	cache := ""
	if p.NoCache {
		if cache, err = os.MkdirTemp("", "wafer-code-"); err != nil {
			return nil, fmt.Errorf("making a directory to unpack to: %w", err)
		}
		held = append(held, func() error { return os.RemoveAll(cache) })
	} else if cache, err = p.cacheDir(); err != nil {
		return nil, err
	}
	b, err := bundle.Open(p.File, cache)
	if err != nil {
		return nil, errors.Join(plain(err), held.Close(context.Background()))
	}
	held = append(held, b.Close)
	t, err := b.Target(map[string]string{"go1": "go1"}[p.Runtime], p.Handler, p.Target)
	if err != nil {
		return nil, errors.Join(plain(err), held.Close(context.Background()))
	}
	if p.Name == "" {
		base := filepath.Base(b.Name())
		p.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if t.Wasm == nil && t.Start == bundle.DefaultBootstrap && p.Runtime == "auto" {
		p.Runtime = "custom"
	}
	p.File, p.dir = filepath.Join(t.Dir, filepath.FromSlash(t.Start)), t.Dir
	p.pack = b
	if b.Kind() == bundle.Zip {
		if p.checksum, err = b.Checksum(); err != nil {
			return nil, errors.Join(err, held.Close(context.Background()))
		}
	}
	return held, nil
}

// missing is the error for a file that is not there, with what makes one.
func (p *programFlags) missing() error {
	target := ""
	switch {
	case filepath.Ext(p.File) == ".wasm":
	case p.Runtime == "custom":
		return fmt.Errorf("%s: no such file", p.File)
	default:
		target = fmt.Sprintf("--target %s/%s ", runtime.GOOS, runtime.GOARCH)
	}
	return fmt.Errorf("%s: no such file; a handler becomes one by: wafer build %s-o %s DIR", p.File, target, p.File)
}

// fits refuses a single file that is not what is wanted.
func (p *programFlags) fits(magic []byte) error {
	module := bytes.Equal(magic, []byte("\x00asm"))
	switch {
	case p.Target == bundle.Native && module:
		return fmt.Errorf("%s is a WebAssembly module, --target native wants a program", p.File)
	case p.Target == bundle.Wasm && !module:
		return fmt.Errorf("%s is no WebAssembly module, as --target wasm wants", p.File)
	}
	return nil
}

// closers closes several things, the last first.
type closers []func() error

// Close implements closer.
func (c closers) Close(context.Context) error {
	var err error
	for i := len(c) - 1; i >= 0; i-- {
		err = errors.Join(err, c[i]())
	}
	return err
}

// holding closes something, and then what it needed.
type holding struct{ first, then closer }

// Close implements closer.
func (h holding) Close(ctx context.Context) error {
	return errors.Join(h.first.Close(ctx), h.then.Close(ctx))
}
