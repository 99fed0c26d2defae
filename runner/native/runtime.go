package native

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// Runtime holds the native functions that are loaded. It is safe for concurrent
// use.
type Runtime struct {
	cfg Config

	mu        sync.Mutex
	functions map[*Function]struct{}
	ports     claims
	closed    bool
}

// New makes a runtime. Close it when done: its processes end with it, and at
// the latest with this one.
//
// # Errors
//
// That native programs cannot be run on this system.
func New(cfg Config) (*Runtime, error) {
	if err := supported(); err != nil {
		return nil, err
	}
	return &Runtime{cfg: cfg, functions: map[*Function]struct{}{}, ports: claims{}}, nil
}

// supported tells whether processes can be started at all.
func supported() error {
	network, err := process.NewNetwork(true)
	if err != nil {
		return err
	}
	return network.Close()
}

// Containment describes, for a log line, what this machine has to contain
// native programs with, and what it lacks.
func (r *Runtime) Containment() string { return process.Support().String() }

// Load makes a function of a program. It checks the configuration; processes
// are started by invocations.
//
// # Errors
//
// A [*runner.LoadError] that wraps everything that is wrong with the
// configuration, or a [*PortError]; [runner.ErrClosed].
func (r *Runtime) Load(ctx context.Context, cfg runner.FunctionConfig, p Program) (*Function, error) {
	p, err := p.withDefaults(cfg.Handler())
	if err := errors.Join(cfg.Validate(), err); err != nil {
		return nil, &runner.LoadError{Function: cfg.Name(), Err: err}
	}
	shared, err := p.sharesPort()
	if err != nil {
		return nil, &runner.LoadError{Function: cfg.Name(), Err: fmt.Errorf("making a network: %w", err)}
	}
	if err := r.claim(cfg, p.Port, shared); err != nil {
		return nil, err
	}
	f := newFunction(r, cfg, p, shared)
	r.mu.Lock()
	r.functions[f] = struct{}{}
	closed := r.closed
	r.mu.Unlock()
	if closed {
		return nil, errors.Join(runner.ErrClosed, f.Close(ctx))
	}
	return f, nil
}

// claim gives a function the port that it shares, if it shares one.
func (r *Runtime) claim(cfg runner.FunctionConfig, port int, shared bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return runner.ErrClosed
	}
	if !shared {
		return nil
	}
	if err := r.ports.take(cfg, port, r.cfg.Taken); err != nil {
		return &runner.LoadError{Function: cfg.Name(), Err: err}
	}
	return nil
}

func (r *Runtime) remove(f *Function) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.functions[f]; ok && f.shared {
		r.ports.release(f.program.Port)
	}
	delete(r.functions, f)
}

// Close closes every function, see [Function.Close].
func (r *Runtime) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	fs := make([]*Function, 0, len(r.functions))
	for f := range r.functions {
		fs = append(fs, f)
	}
	r.mu.Unlock()
	errs := make([]error, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { errs[i] = f.Close(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
