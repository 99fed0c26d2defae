package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/runner/internal/code"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// Options configures an [Engine].
type Options struct {
	// CacheDir keeps compiled code across processes. Empty means that nothing
	// is kept.
	CacheDir string
	// CodeBudget limits the private memory of code that no instance uses, in
	// bytes. Zero means [code.DefaultBudget], less than zero that code is
	// dropped with its last instance.
	CodeBudget int64
	// Capabilities are what functions may be granted.
	Capabilities []hostfns.Capability
	// Interpret runs guests on wazero's interpreter instead of its compiler. Code
	// is then always loaded plainly: there is no machine code to map.
	Interpret bool
	// Peer names the host in the boot request, for example wafer/0.1.
	Peer string
}

// Engine holds a wazero runtime and the host modules in it. It is safe for
// concurrent use.
type Engine struct {
	rt    wazero.Runtime // the store's
	codes *code.Store
	peer  string
	caps  map[string]hostfns.Capability // by import module
	epoch time.Time                     // zero of the guests' monotonic clock
	pages *memory.Scanner

	spares *memory.Spares // memories of instances that are gone
}

// New makes an engine. Close it when every instance has been closed.
func New(ctx context.Context, o Options) (*Engine, error) {
	e := &Engine{peer: o.Peer, caps: map[string]hostfns.Capability{}, epoch: time.Now()}
	pages, err := memory.NewScanner()
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	e.pages, e.spares = pages, memory.NewSpares(pages)
	cfg := wazero.NewRuntimeConfigCompiler()
	if o.Interpret {
		cfg = wazero.NewRuntimeConfigInterpreter()
	}
	cfg = cfg.WithCoreFeatures(api.CoreFeaturesV2).WithDebugInfoEnabled(false)
	dir := o.CacheDir
	if dir != "" {
		dir = filepath.Join(dir, "code")
	}
	e.codes, err = code.Open(ctx, code.Options{Dir: dir, Budget: o.CodeBudget, Config: cfg, Plain: o.Interpret})
	if err != nil {
		_ = pages.Close()
		return nil, fmt.Errorf("engine: opening code cache: %w", err)
	}
	e.rt = e.codes.Runtime()
	if err := e.registerHost(ctx, o.Capabilities); err != nil {
		_ = e.Close(ctx)
		return nil, err
	}
	return e, nil
}

func (e *Engine) registerHost(ctx context.Context, caps []hostfns.Capability) error {
	if err := registerWASI(ctx, e.rt); err != nil {
		return err
	}
	if err := registerProtocol(ctx, e.rt); err != nil {
		return err
	}
	if err := registerMeter(ctx, e.rt); err != nil {
		return err
	}
	for _, c := range caps {
		if err := hostfns.Register(ctx, e.rt, charged{c}); err != nil {
			return err
		}
		e.caps[c.Module()] = c
	}
	return nil
}

// CodeStats says how much code is resident, and what that took.
func (e *Engine) CodeStats() code.Stats { return e.codes.Stats() }

// Forget gives up what is kept for instances of a snapshot, which may be closed
// then.
func (e *Engine) Forget(s *snapshot.Snapshot) { e.spares.Forget(s.Image) }

// Close closes the runtime. Instances must have been closed.
func (e *Engine) Close(ctx context.Context) error {
	e.spares.Close()
	return errors.Join(e.codes.Close(ctx), e.pages.Close())
}
