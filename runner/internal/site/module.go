package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// moduleLoader loads WebAssembly modules.
type moduleLoader struct {
	runner   *runner.Runner
	progress func(function, doing string)
	cached   bool // compiled code is kept for the next start
}

func (l moduleLoader) open(_ context.Context, f *manifest.Function, c code) (*opened, error) {
	wasm, err := os.ReadFile(c.path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(wasm)
	return &opened{
		digest: hex.EncodeToString(sum[:]),
		load: func(ctx context.Context, cfg runner.FunctionConfig) (loaded, error) {
			return l.load(ctx, f, cfg, wasm)
		},
	}, nil
}

func (l moduleLoader) load(ctx context.Context, f *manifest.Function, cfg runner.FunctionConfig, wasm []byte) (loaded, error) {
	l.progress(f.ID, fmt.Sprintf("loading %s (%.1f MB)", f.Code.Written, float64(len(wasm))/1e6))
	if text := shrunk(f); text != "" {
		l.progress(f.ID, "warning: "+text)
		cfg = cfg.WithMemory(runner.MaxMemory)
	}
	fn, err := l.runner.Load(ctx, cfg, wasm)
	if err != nil {
		return nil, err // and no *runner.Function that is nil
	}
	if i := fn.Inspect(); l.cached && !i.CodeStored && i.Compile > 0 {
		l.progress(f.ID, fmt.Sprintf("compiled in %.1f s, the next start will not need to", i.Compile.Seconds()))
	}
	return fn, nil
}

// shrunk says that a function gets less memory as a module than the manifest
// has, "" if it does not.
func shrunk(f *manifest.Function) string {
	if f.Memory <= runner.MaxMemory {
		return ""
	}
	return fmt.Sprintf("has a memorySize of %d MB, and instances get %d MB: a WebAssembly module cannot address more", f.Memory, runner.MaxMemory)
}
