package rewrite_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// refillAmount is deliberately small, so that refills happen everywhere.
const refillAmount = 7

// engine is a runtime with what test modules import.
type engine struct {
	rt      wazero.Runtime
	refills int
	printed []uint64 // arguments of print_i32
	fuel    int64    // what refills set
	// onRefill is called with what is left, which is negative.
	onRefill func(left int64)
}

func newEngine(t testing.TB, cfg wazero.RuntimeConfig) *engine {
	t.Helper()
	ctx := context.Background()
	e := &engine{rt: wazero.NewRuntimeWithConfig(ctx, cfg), fuel: refillAmount}
	t.Cleanup(func() { e.rt.Close(ctx) })
	refill := api.GoModuleFunc(func(_ context.Context, m api.Module, _ []uint64) {
		e.refills++
		g := m.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal)
		if e.onRefill != nil {
			e.onRefill(int64(g.Get()))
		}
		g.Set(uint64(e.fuel))
	})
	if _, err := e.rt.NewHostModuleBuilder(rewrite.MeterModule).NewFunctionBuilder().
		WithGoModuleFunction(refill, nil, nil).Export(rewrite.RefillImport).Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	b := e.rt.NewHostModuleBuilder("spectest")
	for name, params := range spectestPrints {
		b.NewFunctionBuilder().WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) {
			if name == "print_i32" {
				e.printed = append(e.printed, uint64(uint32(stack[0])))
			}
		}), params, nil).Export(name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	return e
}

var spectestPrints = map[string][]api.ValueType{
	"print":         nil,
	"print_i32":     {api.ValueTypeI32},
	"print_i64":     {api.ValueTypeI64},
	"print_f32":     {api.ValueTypeF32},
	"print_f64":     {api.ValueTypeF64},
	"print_i32_f32": {api.ValueTypeI32, api.ValueTypeF32},
	"print_f64_f64": {api.ValueTypeF64, api.ValueTypeF64},
}

func compiler(t testing.TB) *engine    { return newEngine(t, wazero.NewRuntimeConfigCompiler()) }
func interpreter(t testing.TB) *engine { return newEngine(t, wazero.NewRuntimeConfigInterpreter()) }

// instantiate does for an original module what an engine does.
func (e *engine) instantiate(bin []byte) (api.Module, error) {
	return e.rt.InstantiateWithConfig(context.Background(), bin, wazero.NewModuleConfig().WithName("").WithStartFunctions())
}

// start does for a rewritten module what the host has to do.
func (e *engine) start(r *rewrite.Result) (api.Module, error) {
	m, err := e.instantiate(r.Wasm)
	if err != nil {
		return nil, err
	}
	for _, s := range r.Segments {
		if !m.Memory().Write(s.Offset, s.Data) {
			return nil, fmt.Errorf("segment at %d is out of range", s.Offset)
		}
	}
	if r.Report.Start {
		if _, err := m.ExportedFunction(rewrite.StartExport).Call(context.Background()); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// outcome is what a call did, comparable across engines.
type outcome struct {
	Results []uint64
	Vectors []uint64 // NaNs in their lanes may differ between engines
	Trap    string
}

func call(m api.Module, fn string, args ...uint64) outcome {
	f := m.ExportedFunction(fn)
	if f == nil {
		return outcome{Trap: "no function " + fn}
	}
	res, err := f.Call(context.Background(), args...)
	if err != nil {
		return outcome{Trap: trapKind(err)}
	}
	out, n := outcome{}, 0
	for _, t := range f.Definition().ResultTypes() {
		switch {
		case t == api.ValueTypeF32 && isNaN32(res[n]), t == api.ValueTypeF64 && isNaN64(res[n]):
			res[n] = 0x7ff8_0000_0000_0000 // which NaN is not defined
		case t == api.ValueTypeF32 || t == api.ValueTypeI32:
			res[n] = uint64(uint32(res[n]))
		case t == api.ValueTypeExternref || t == 0x70:
			if res[n] != 0 {
				res[n] = 1 // addresses differ
			}
		case t == 0x7b:
			out.Vectors = append(out.Vectors, res[n], res[n+1])
			n += 2
			continue
		}
		out.Results = append(out.Results, res[n])
		n++
	}
	return out
}

func isNaN32(v uint64) bool { f := math.Float32frombits(uint32(v)); return f != f }
func isNaN64(v uint64) bool { f := math.Float64frombits(v); return f != f }

// trapKind is an error without its stack trace.
func trapKind(err error) string {
	kind, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(kind, "wasm error: ")
}

// state describes memory and globals, as far as original has them.
func state(m api.Module, original *wasm.Module) string {
	var b strings.Builder
	if len(original.Memories) > 0 {
		mem := m.Memory()
		data, _ := mem.Read(0, mem.Size())
		fmt.Fprintf(&b, "memory %d %x;", len(data), sha256.Sum256(data))
	}
	im := m.(experimental.InternalModule)
	for i := range int(original.Space().Globals) {
		g := im.Global(i)
		v := g.Get()
		if t := g.Type(); t == api.ValueTypeExternref || t == 0x70 || t == 0x7b {
			v = 0
		}
		fmt.Fprintf(&b, " %x", v)
	}
	return b.String()
}

// mustParse parses a module that is known to be good.
func mustParse(t testing.TB, bin []byte) *wasm.Module {
	t.Helper()
	m, err := wasm.Parse(bin)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mustRewrite rewrites a module that is known to be good.
func mustRewrite(t testing.TB, bin []byte, o rewrite.Options) *rewrite.Result {
	t.Helper()
	r, err := rewrite.Rewrite(bin, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
