package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// Version is wafer's version, as guests and build stamps see it.
const Version = "0.1.0"

// Runner holds the engine and the functions loaded into it. It is safe for
// concurrent use.
type Runner struct {
	cfg       Config
	engine    *engine.Engine
	snapshots snapshot.Store
	memory    budget
	janitor   *janitor // nil when there is nothing to look after

	loads   sync.WaitGroup  // that run; begun only while mu is held
	closing context.Context // ends them
	end     context.CancelFunc

	mu        sync.Mutex
	functions map[*Function]struct{}
	tenants   map[string]*account
	closed    bool
}

// New makes a runner. Close it when done.
//
// # Errors
//
// Everything that is wrong with cfg, joined, or that the cache directory
// cannot be used.
func New(ctx context.Context, cfg Config) (*Runner, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.cacheDir != "" {
		if err := checkCacheDir(cfg.cacheDir); err != nil {
			return nil, err
		}
	}
	e, err := engine.New(ctx, engine.Options{
		CacheDir: cfg.cacheDir, CodeBudget: cfg.codeBudget, Capabilities: cfg.capabilities, Interpret: cfg.interpret, Peer: "wafer/" + Version,
	})
	if err != nil {
		return nil, fmt.Errorf("runner: starting: %w", err)
	}
	r := &Runner{cfg: cfg, engine: e, functions: map[*Function]struct{}{}, tenants: map[string]*account{}, memory: budget{limit: cfg.memoryBudget}}
	r.closing, r.end = context.WithCancel(context.WithoutCancel(ctx))
	if cfg.cacheDir != "" {
		if r.snapshots, err = snapshot.NewStore(filepath.Join(cfg.cacheDir, "snapshots")); err != nil {
			_ = e.Close(ctx)
			return nil, fmt.Errorf("runner: starting: %w", err)
		}
	}
	r.startJanitor()
	return r, nil
}

// checkCacheDir makes the directory, and refuses one that others may write to:
// what is in it gets executed.
func checkCacheDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("runner: making cache directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("runner: checking cache directory: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("runner: cache directory %s has mode %#o: others could put code into it, make it 0700", dir, mode)
	}
	return nil
}

// RunnerStats counts what a runner holds.
type RunnerStats struct {
	Functions     int
	InstanceBytes int64 // charged to the memory budget, 0 without one
	Codes         int   // distinct compiled modules
	ResidentCodes int   // of them in memory
	CodeBytes     int64 // private memory of resident code, estimated
	MappedCode    int64 // bytes of code mapped from files, which the kernel may drop
	CodeLoads     int64 // times that code was read into memory
	CodeEvictions int64
}

// Stats returns the counters as they are now.
func (r *Runner) Stats() RunnerStats {
	c := r.engine.CodeStats()
	r.mu.Lock()
	n := len(r.functions)
	r.mu.Unlock()
	return RunnerStats{
		Functions: n, InstanceBytes: r.memory.used.Load(),
		Codes: c.Modules, ResidentCodes: c.Resident, CodeBytes: c.Bytes, MappedCode: c.Mapped,
		CodeLoads: c.Loads, CodeEvictions: c.Evictions,
	}
}

// add registers a function, so that Close finds it.
func (r *Runner) add(f *Function) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	r.functions[f] = struct{}{}
	return nil
}

func (r *Runner) remove(f *Function) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.functions, f)
}

// beginLoad returns a context for loading a function that Close ends, and what
// is to be called at the end of it.
func (r *Runner) beginLoad(ctx context.Context) (context.Context, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, nil, ErrClosed
	}
	r.loads.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(r.closing, func() { cancel(ErrClosed) })
	return ctx, func() {
		unhook()
		cancel(nil)
		r.loads.Done()
	}, nil
}

// Close closes every function, ends what is being loaded, waits for the
// invocations that run until ctx is done, and frees the engine. A done ctx does
// not stop it from freeing what it can.
func (r *Runner) Close(ctx context.Context) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	defer r.janitor.close()
	fs := make([]*Function, 0, len(r.functions))
	for f := range r.functions {
		fs = append(fs, f)
	}
	r.mu.Unlock()
	r.end()
	errs := make([]error, len(fs)+1)
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = f.Close(ctx)
		}()
	}
	errs[len(fs)] = r.waitForLoads(ctx)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err // instances are still running: the engine must outlive them
	}
	if err := r.engine.Close(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("runner: closing: %w", err)
	}
	return nil
}

// waitForLoads waits until nothing is being loaded any more, or ctx is done.
func (r *Runner) waitForLoads(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		r.loads.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-done:
		return nil
	default:
		return fmt.Errorf("runner: closing: a function is being loaded: %w", ctx.Err())
	}
}
