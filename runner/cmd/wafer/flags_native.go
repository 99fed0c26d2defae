package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/native"
)

// programFlags configure a function that may be a native program.
type programFlags struct {
	functionFlags
	packageFlags
	Runtime  string        `default:"auto" enum:"auto,go1,custom" help:"How to talk to a native program: go1 for binaries of the FC Go SDK, custom for servers. auto takes for custom what wafer build knows to be a server, scripts, and what is called bootstrap; other programs for go1."`
	Start    time.Duration `name:"start-timeout" default:"120s" help:"Longest that a native program may take from its start until it listens or asks for its first event."`
	Health   string        `name:"health-check" placeholder:"PATH" help:"Path of a custom runtime to ask whether it is well, before its first request and every 3 s from then on."`
	Args     []string      `name:"arg" placeholder:"ARG" sep:"none" help:"Argument of a native program. Repeatable."`
	Form     native.Form   `default:"auto" enum:"auto,event,params" help:"Form of HTTP requests for go1: an event, as in FC 3.0, or parameters for fc.StartHttp. auto finds out."`
	FreePort bool          `help:"Give each instance of a custom runtime a free port, which it finds in FC_SERVER_PORT, where it has to share the host's network, as with --egress."`
	Egress   bool          `help:"Let a native program use the host's network."`

	serves bool // for long, so that it is worth saying what contains the program
}

// closer ends what runs a function.
type closer interface {
	Close(ctx context.Context) error
}

// open loads the file, whatever it is.
func (p *programFlags) open(ctx context.Context, sys *system, quiet bool) (closer, front.Function, error) {
	unpacked, err := p.unpack()
	if err != nil {
		return nil, nil, err
	}
	c, f, err := p.openFile(ctx, sys, quiet)
	if err != nil {
		return nil, nil, errors.Join(err, unpacked.Close(context.WithoutCancel(ctx)))
	}
	return holding{c, unpacked}, f, nil
}

// openFile loads a single file.
func (p *programFlags) openFile(ctx context.Context, sys *system, quiet bool) (closer, front.Function, error) {
	kind, err := p.kind()
	if err != nil {
		return nil, nil, err
	}
	if kind == nil {
		r, f, err := p.load(ctx, sys, quiet)
		if err != nil {
			return nil, nil, err
		}
		return r, f, nil
	}
	cfg, err := p.config(sys)
	if err != nil {
		return nil, nil, err
	}
	file, err := filepath.Abs(p.File)
	if err != nil {
		return nil, nil, err
	}
	program, err := p.program(*kind, file)
	if err != nil {
		return nil, nil, err
	}
	nc := native.Config{Taken: sys.taken}
	nc.LogSink = sys.logSink(quiet)
	rt, err := native.New(nc)
	if err != nil {
		return nil, nil, err
	}
	if p.serves && !quiet {
		fmt.Fprintf(sys.stderr, "wafer: native programs: %s\n", rt.Containment())
	}
	f, err := rt.Load(ctx, cfg, program)
	if err != nil {
		return nil, nil, errors.Join(err, rt.Close(context.WithoutCancel(ctx)))
	}
	if !quiet && f.SharesPort() && cfg.MaxInstances() > 1 {
		fmt.Fprintf(sys.stderr, "wafer: one instance at a time: they share port %d of the host (--free-port gives each one of its own)\n", f.Program().Port)
	}
	return rt, f, nil
}

// program says how the flags want a file run.
func (p *programFlags) program(kind native.Kind, file string) (native.Program, error) {
	dir := p.dir
	if dir == "" {
		dir = filepath.Dir(file)
	}
	start, err := filepath.Rel(dir, file)
	if err != nil {
		return native.Program{}, err
	}
	program := native.Program{
		Kind: kind, Dir: dir, Command: []string{"./" + start}, Args: p.Args,
		Port: p.Port, Form: p.Form, Egress: p.Egress, FreePort: p.FreePort, StartTimeout: p.Start,
		Initializer: p.hooked("initializer"), PreFreeze: p.hooked("pre-freeze"), PreStop: p.hooked("pre-stop"),
	}
	switch {
	case p.Health == "":
	case kind != native.Custom:
		return native.Program{}, fmt.Errorf("%s is run as %s, --health-check is for --runtime custom", p.File, kind)
	default:
		program.HealthCheck = &native.HealthCheck{Path: p.Health}
	}
	return program, nil
}

// kind finds out what the file is: nil for a module, or what does not look like
// a program.
func (p *programFlags) kind() (*native.Kind, error) {
	magic, err := readMagic(p.File)
	if err != nil || bytes.Equal(magic, []byte("\x00asm")) {
		if err == nil && p.Runtime != "auto" {
			return nil, fmt.Errorf("%s is a WebAssembly module, --runtime %s is for native programs", p.File, p.Runtime)
		}
		return nil, nil // what is wrong with the file is found when it is loaded
	}
	elf, script := bytes.Equal(magic, []byte("\x7fELF")), strings.HasPrefix(string(magic), "#!")
	kind := native.Go1
	switch {
	case p.Runtime == "custom", p.Runtime == "auto" && script, p.Runtime == "auto" && elf && looksCustom(p.File):
		kind = native.Custom
	case p.Runtime == "go1" || elf:
	default:
		return nil, nil
	}
	return &kind, nil
}

// looksCustom reports whether a program is for the custom runtime: it has the
// name of what that starts, or was built from a server.
func looksCustom(name string) bool {
	if filepath.Base(name) == native.DefaultBootstrap {
		return true
	}
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	s, err := stamp.ReadELF(file)
	return err == nil && s.Server
}

// readMagic returns the first bytes of a file.
func readMagic(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	magic := make([]byte, 4)
	n, err := io.ReadFull(file, magic)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return magic[:n], nil
}
