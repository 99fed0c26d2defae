package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Defaults of [Program].
const (
	DefaultPort         = 9000              // FC's caPort
	DefaultStartTimeout = 120 * time.Second // as long as FC waits for a custom runtime's port
	DefaultBootstrap    = "bootstrap"       // start file of a custom runtime
)

// Program is what a [Function] runs. Zero fields mean the defaults. Load keeps
// a copy.
type Program struct {
	// Kind says how the program is talked to. Default [Go1].
	Kind Kind
	// Dir is the code directory, which FC mounts as /code: the program's working
	// directory, readable and never writable. It must exist; a relative one
	// counts from wafer's working directory.
	Dir string
	// Command is the program and its first arguments. A program named with a
	// slash, or of which there is a file in Dir, is taken from Dir, another one
	// from the PATH in the function's environment. Default: the function's
	// handler for Go1, [DefaultBootstrap] for Custom. Whether it is there and can
	// be started is for the first invocation to find out.
	Command []string
	// Args follow Command.
	Args []string
	// Form of HTTP requests for Go1 programs. Default [FormAuto].
	Form Form
	// Port is where a Custom server listens, on all addresses. Default
	// [DefaultPort].
	Port int
	// FreePort gives each instance of a Custom server a free port of its own,
	// which it learns from FC_SERVER_PORT, where it would have to share the
	// host's network with others. Without it there can be one instance at a time
	// then; in a network of its own it always gets Port.
	FreePort bool
	// HealthCheck of a Custom server. nil, the default, is satisfied once Port
	// takes connections.
	HealthCheck *HealthCheck
	// StartTimeout limits how long an instance may take from its start to its
	// first sign of life. Default [DefaultStartTimeout].
	StartTimeout time.Duration
	// Initializer, PreFreeze and PreStop tell that the function has these hooks.
	// Others are never called. What FC's headers call their handlers is in the
	// function's configuration, see [runner.Server].
	Initializer, PreFreeze, PreStop bool
	// Egress lets the program use the host's network. Without it, and where that
	// is possible, it has one of its own with nothing in it but itself.
	Egress bool
	// Require names mechanisms of containment without which no instance may
	// start, for example pid-namespace. Default none: what there is gets used.
	Require []string
}

// withDefaults fills in zero fields and reports everything that is wrong.
func (p Program) withDefaults(handler string) (Program, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if int(p.Kind) >= len(kindNames) {
		bad("the kind is %d, want Go1 or Custom", p.Kind)
	}
	if int(p.Form) >= len(formNames) {
		bad("the form of HTTP requests is %d, want FormAuto, FormEvent or FormParams", p.Form)
	}
	if dir, err := filepath.Abs(p.Dir); err != nil || p.Dir == "" {
		bad("the code directory is %q, want a directory", p.Dir)
	} else if info, err := os.Stat(dir); err != nil {
		bad("the code directory: %w", err)
	} else if !info.IsDir() {
		bad("the code directory %s is a file", dir)
	} else {
		p.Dir = dir
	}
	p.Command, p.Args, p.Require = slices.Clone(p.Command), slices.Clone(p.Args), slices.Clone(p.Require)
	if len(p.Command) == 0 {
		p.Command = []string{DefaultBootstrap}
		if p.Kind == Go1 {
			p.Command[0] = handler
		}
	}
	if p.Command[0] == "" {
		bad("the command is empty")
	}
	if p.Port == 0 {
		p.Port = DefaultPort
	}
	if p.Port < 1 || p.Port > 65535 {
		bad("the port is %d, want 1 to 65535", p.Port)
	}
	if p.StartTimeout == 0 {
		p.StartTimeout = DefaultStartTimeout
	}
	if p.StartTimeout < 0 {
		bad("the start timeout is %v, want over 0", p.StartTimeout)
	}
	if p.HealthCheck != nil {
		h, err := p.HealthCheck.withDefaults()
		if err != nil {
			errs = append(errs, err)
		}
		p.HealthCheck = &h
	}
	for _, m := range p.Require {
		if !knownMechanism(m) {
			bad("the required mechanism %q is not known", m)
		}
	}
	return p, errors.Join(errs...)
}
