package rewrite_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// tightLoops are functions of one parameter, the number of iterations.
var tightLoops = []struct {
	name string
	body func(b *builder) *code // within a loop, before the counter goes down
}{
	{"count", func(*builder) *code { return &code{} }},
	{"sum", func(*builder) *code { return (&code{}).get(1).get(0).op(wasm.OpI32Add).set(1) }},
	{"floats", func(*builder) *code { return (&code{}).get(2).f64(1.5).op(0xa0).set(2) }},
	{"memory", func(*builder) *code {
		c := (&code{}).get(1).get(0).i32(0xfffc).op(wasm.OpI32And).x(wasm.OpI32Load, 2, 0).op(wasm.OpI32Add).set(1)
		return c.get(0).i32(0xfff8).op(wasm.OpI32And).get(1).x(wasm.OpI32Store, 2, 4)
	}},
	{"call", func(b *builder) *code {
		f := b.fn("", sig("i", "i"), (&code{}).get(0).i32(3).op(wasm.OpI32Mul).body())
		return (&code{}).get(1).x(wasm.OpCall, f).set(1)
	}},
}

// BenchmarkMeteredLoop reports how much longer the tightest loops take with metering.
func BenchmarkMeteredLoop(b *testing.B) {
	for _, loop := range tightLoops {
		b.Run(loop.name, func(b *testing.B) {
			var m builder
			m.memory(1, 0)
			body := loop.body(&m)
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult)
			c.b = append(c.b, body.b...)
			c.get(0).i32(-1).op(wasm.OpI32Add).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end().get(1)
			m.fn("f", sig("i", "i"), c.body(wasm.I32, wasm.F64))
			run := func(r *rewrite.Result) func() {
				f := benchInstance(b, r).ExportedFunction("f")
				stack := make([]uint64, 1)
				return func() {
					stack[0] = 500_000
					if err := f.CallWithStack(context.Background(), stack); err != nil {
						b.Fatal(err)
					}
				}
			}
			bin := m.binary()
			ratio(b, run(&rewrite.Result{Wasm: bin}), run(mustRewrite(b, bin, rewrite.Options{})))
		})
	}
}

// BenchmarkMeteredCalls is the Fibonacci function, which does nothing but call itself.
func BenchmarkMeteredCalls(b *testing.B) {
	var m builder
	c := (&code{}).get(0).i32(2).op(wasm.OpI32LtU).block(wasm.OpIf, result(wasm.I32)).get(0).op(wasm.OpElse)
	c.get(0).i32(1).op(wasm.OpI32Sub).x(wasm.OpCall, 0).get(0).i32(2).op(wasm.OpI32Sub).x(wasm.OpCall, 0).op(wasm.OpI32Add).end()
	m.fn("f", sig("i", "i"), c.body())
	bin := m.binary()
	run := func(r *rewrite.Result) func() {
		g := benchInstance(b, r)
		return func() { call(g, "f", 22) }
	}
	ratio(b, run(&rewrite.Result{Wasm: bin}), run(mustRewrite(b, bin, rewrite.Options{})))
}

// BenchmarkGuest reports how much longer a Go handler takes, with all passes.
func BenchmarkGuest(b *testing.B) {
	bin := buildGuest(b)
	r := mustRewrite(b, bin, rewrite.Options{})
	for _, bench := range []struct {
		name string
		f    func(g guest)
	}{
		{"json", func(g guest) { g.event("transform", guestEvents[1]) }},
		{"http", func(g guest) { g.event("serve", guestEvents[1]) }},
		{"churn", func(g guest) { call(g, "churn", 100) }},
		{"spin", func(g guest) { call(g, "spin", 200_000) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			run := func(r *rewrite.Result) func() {
				g := compiler(b).withWASI(b).boot(b, r)
				return func() { bench.f(g) }
			}
			ratio(b, run(&rewrite.Result{Wasm: bin}), run(r))
		})
	}
}

// BenchmarkRewrite reports the time of a rewrite, and as a part of what compiling
// takes.
func BenchmarkRewrite(b *testing.B) {
	bin := buildGuest(b)
	b.SetBytes(int64(len(bin)))
	b.ReportAllocs()
	var last *rewrite.Result
	for b.Loop() {
		last = mustRewrite(b, bin, rewrite.Options{})
	}
	b.StopTimer()
	took := b.Elapsed() / time.Duration(b.N)
	compile := func(bin []byte) time.Duration {
		ctx := context.Background()
		rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
		defer rt.Close(ctx)
		start := time.Now()
		if _, err := rt.CompileModule(ctx, bin); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	before, after := compile(bin), compile(last.Wasm)
	b.ReportMetric(100*took.Seconds()/before.Seconds(), "%-of-compile")
	b.ReportMetric(after.Seconds()/before.Seconds(), "compile-ratio")
	for _, d := range last.Report.Durations {
		b.ReportMetric(float64(d.Time.Microseconds())/1000, d.Step+"-ms")
	}
}

func benchInstance(b *testing.B, r *rewrite.Result) api.Module {
	e := compiler(b)
	e.fuel = 1_000_000
	m, err := e.start(r)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// ratio runs both in turn, so that whatever else the machine does hits both, and reports
// the median of how much longer the second takes.
func ratio(b *testing.B, plain, ours func()) {
	timed := func(f func()) float64 {
		start := time.Now()
		f()
		return float64(time.Since(start))
	}
	for range 20 {
		plain()
		ours()
	}
	var ratios, base []float64
	for b.Loop() {
		// The lesser of a few: interruptions only ever add.
		x, y := timed(plain), timed(ours)
		for range 4 {
			x, y = min(x, timed(plain)), min(y, timed(ours))
		}
		ratios, base = append(ratios, y/x), append(base, x)
	}
	slices.Sort(ratios)
	slices.Sort(base)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(base[len(base)/2]/1000, "plain-us")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLiftedCall reports how much longer a bare call_indirect of a function
// that does nothing takes without a table.
func BenchmarkLiftedCall(b *testing.B) {
	for _, size := range []uint32{100, 8000} {
		b.Run(strconv.Itoa(int(size)), func(b *testing.B) {
			var m builder
			var funcs []uint32
			for i := range int32(4) {
				funcs = append(funcs, m.fn("", sig("i", "i"), (&code{}).get(0).i32(i).op(wasm.OpI32Add).body()))
			}
			m.table(size, map[int32][]uint32{int32(size) - 4: funcs})
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult)
			c.get(1).get(0).i32(3).op(wasm.OpI32And).i32(int32(size)-4).op(wasm.OpI32Add).x(wasm.OpCallIndirect, m.typ(sig("i", "i")), 0).set(1)
			c.get(0).i32(-1).op(wasm.OpI32Add).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end().get(1)
			m.fn("f", sig("i", "i"), c.body(wasm.I32))
			bin := m.binary()
			run := func(r *rewrite.Result) func() {
				g := benchInstance(b, r)
				return func() { call(g, "f", 100_000) }
			}
			ratio(b, run(&rewrite.Result{Wasm: bin}), run(mustRewrite(b, bin, rewrite.Options{Skip: rewrite.PassMeter})))
		})
	}
}
