// Package plain runs functions on wazero as anybody would who has read
// abi/ABI.md and nothing else: modules as they were built, a new instance by
// instantiating and booting, no snapshots, no pool, no log. It is what the
// engine is compared with.
package plain

import (
	"context"
	"fmt"
	"io"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
)

// The names that the rewriter gives to what metering needs, see package
// runner/internal/rewrite.
const (
	meterModule  = "wafer_meter_v1"
	refillImport = "refill"
	fuelExport   = "__wafer_fuel"
)

// quantum is the engine's: how many ticks a metered guest may run before it
// comes back to the host.
const quantum = 20_000

// Host is a wazero runtime with the host functions that guests may import. It
// is safe for concurrent use.
type Host struct {
	rt    wazero.Runtime
	cache wazero.CompilationCache
}

// NewHost makes a host. dir is wazero's own directory for compiled code; empty
// keeps none. Close it when every instance has been closed.
func NewHost(ctx context.Context, dir string) (*Host, error) {
	h := &Host{}
	cfg := wazero.NewRuntimeConfigCompiler()
	if dir != "" {
		var err error
		if h.cache, err = wazero.NewCompilationCacheWithDir(dir); err != nil {
			return nil, fmt.Errorf("plain: opening code cache: %w", err)
		}
		cfg = cfg.WithCompilationCache(h.cache)
	}
	h.rt = wazero.NewRuntimeWithConfig(ctx, cfg)
	if err := h.register(ctx); err != nil {
		_ = h.Close(ctx)
		return nil, fmt.Errorf("plain: registering host functions: %w", err)
	}
	return h, nil
}

func (h *Host) register(ctx context.Context) error {
	const i32 = api.ValueTypeI32
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, h.rt); err != nil {
		return err
	}
	three, one := []api.ValueType{i32, i32, i32}, []api.ValueType{i32}
	if _, err := h.rt.NewHostModuleBuilder(abi.Module).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(requestRead), three, one).Export(abi.ImportRequestRead).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(responseWrite), three, one).Export(abi.ImportResponseWrite).
		Instantiate(ctx); err != nil {
		return err
	}
	if _, err := h.rt.NewHostModuleBuilder(abi.LogModule).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(context.Context, api.Module, []uint64) {}), three, nil).
		Export(abi.ImportLogWrite).Instantiate(ctx); err != nil {
		return err
	}
	_, err := h.rt.NewHostModuleBuilder(meterModule).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(refill), nil, nil).Export(refillImport).Instantiate(ctx)
	return err
}

// Compile compiles a module, or loads its code from the directory.
func (h *Host) Compile(ctx context.Context, wasm []byte) (*Module, error) {
	code, err := h.rt.CompileModule(ctx, wasm)
	if err != nil {
		return nil, fmt.Errorf("plain: compiling: %w", err)
	}
	return &Module{host: h, code: code}, nil
}

// Close frees all.
func (h *Host) Close(ctx context.Context) error {
	if err := h.rt.Close(ctx); err != nil {
		return fmt.Errorf("plain: closing: %w", err)
	}
	if h.cache != nil {
		if err := h.cache.Close(ctx); err != nil {
			return fmt.Errorf("plain: closing: %w", err)
		}
	}
	return nil
}

// Module is compiled code.
type Module struct {
	host *Host
	code wazero.CompiledModule
}

// Start makes an instance and boots it.
func (m *Module) Start(ctx context.Context) (*Instance, error) {
	in := &Instance{}
	in.ctx = context.WithValue(ctx, key{}, in)
	mod, err := m.host.rt.InstantiateModule(in.ctx, m.code, wazero.NewModuleConfig().
		WithName("").WithStartFunctions().WithArgs("main").
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().
		WithStdout(io.Discard).WithStderr(io.Discard))
	if err != nil {
		return nil, fmt.Errorf("plain: instantiating: %w", err)
	}
	in.mod = mod
	if err := in.boot(); err != nil {
		_ = in.Close()
		return nil, err
	}
	return in, nil
}
