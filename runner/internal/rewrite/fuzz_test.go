package rewrite_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// pathLimit is the longest path without a tick in rewritten code: 256 of the guest's
// instructions, what calls of small functions count, and a tick's own.
const pathLimit = 256 + 100

// FuzzDifferential makes a module and compares what it does before and after
// rewriting, in both engines.
func FuzzDifferential(f *testing.F) {
	f.Add([]byte{}, byte(0))
	for seed := range byte(40) {
		src := make([]byte, 400)
		x := uint32(seed) + 1
		for i := range src {
			x = x*1664525 + 1013904223
			src[i] = byte(x >> 24)
		}
		f.Add(src, seed%8)
	}
	f.Fuzz(func(t *testing.T, src []byte, skip byte) {
		if len(src) > 4096 {
			t.Skip()
		}
		differential(t, src, rewrite.Pass(skip)&(rewrite.PassMeter|rewrite.PassLift|rewrite.PassHoist))
	})
}

// differential compares four runs.
func differential(t *testing.T, src []byte, skip rewrite.Pass) {
	bin := generate(src).binary()
	original := mustParse(t, bin)
	r := mustRewrite(t, bin, rewrite.Options{Skip: skip})
	if skip&rewrite.PassMeter == 0 {
		if err := checkTicks(mustParse(t, r.Wasm), len(original.Codes), pathLimit); err != nil {
			t.Errorf("metering: %v", err)
		}
	}
	compiled := trace(t, compiler(t), original, func(e *engine) (api.Module, error) { return e.instantiate(bin) })
	interpreted := trace(t, interpreter(t), original, func(e *engine) (api.Module, error) { return e.instantiate(bin) })
	rewrittenCompiled := trace(t, compiler(t), original, func(e *engine) (api.Module, error) { return e.start(r) })
	rewrittenInterpreted := trace(t, interpreter(t), original, func(e *engine) (api.Module, error) { return e.start(r) })
	if d := cmp.Diff(interpreted, rewrittenInterpreted); d != "" {
		t.Errorf("original and rewritten differ in the interpreter:\n%s", d)
	}
	if d := cmp.Diff(compiled, interpreted); d != "" {
		t.Skipf("the engines differ on the original:\n%s", d)
	}
	if d := cmp.Diff(compiled, rewrittenCompiled); d != "" {
		t.Errorf("original and rewritten differ in the compiler:\n%s", d)
	}
}

// step is one call and what it left behind.
type step struct {
	Call    string
	Outcome outcome
	State   string
	Printed []uint64
}

// trace calls every exported function a few times.
func trace(t *testing.T, e *engine, original *wasm.Module, start func(*engine) (api.Module, error)) []step {
	t.Helper()
	m, err := start(e)
	if err != nil {
		t.Fatalf("instantiating: %v", err)
	}
	defer m.Close(context.Background())
	var steps []step
	args := []uint64{3, 0xffff_fff0}
	for _, a := range args {
		for _, x := range original.Exports {
			if x.Kind != wasm.ExternFunc {
				continue
			}
			e.printed = nil
			m.ExportedGlobal("budget").(api.MutableGlobal).Set(300)
			n := 0
			for _, p := range m.ExportedFunction(x.Name).Definition().ParamTypes() {
				if n++; p == 0x7b {
					n++
				}
			}
			params := make([]uint64, n)
			for i := range params {
				params[i] = a
			}
			got := call(m, x.Name, params...)
			steps = append(steps, step{x.Name, got, state(m, original), e.printed})
		}
	}
	return steps
}

// TestCompilerConfig guards the comparison: without the compiler both engines
// would be the same.
func TestCompilerConfig(t *testing.T) {
	defer func() {
		if r := recover(); r != nil {
			t.Skipf("SKIPPED, NOT TESTED: no compiler on this platform: %v", r)
		}
	}()
	wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigCompiler()).Close(context.Background())
}
