package rewrite_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"
	"pgregory.net/rapid"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// used runs fn of a rewritten module and returns the fuel that took, and the
// outcome.
func used(t testing.TB, bin []byte, fuel int64, fn string, args ...uint64) (int64, outcome) {
	t.Helper()
	r := mustRewrite(t, bin, rewrite.Options{})
	e := compiler(t)
	e.fuel = fuel
	m, err := e.start(r)
	if err != nil {
		t.Fatal(err)
	}
	e.refills = 0
	g := m.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal)
	g.Set(uint64(fuel))
	spent := int64(0)
	e.onRefill = func(left int64) { spent += fuel - left }
	out := call(m, fn, args...)
	return spent + fuel - int64(g.Get()), out
}

// TestTicks counts the fuel that functions take.
func TestTicks(t *testing.T) {
	straight := func(n int) *code {
		c := &code{}
		for range n {
			c.op(wasm.OpNop)
		}
		return c
	}
	loop := func(c *code) *code { // param 0 counts down
		return c.block(wasm.OpLoop, wasm.NoResult).get(0).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
	}
	tests := []struct {
		name  string
		build func(b *builder)
		arg   uint64
		want  int64
	}{
		{"short function", func(b *builder) { b.fn("f", sig("i", ""), straight(60).body()) }, 0, 0},
		{"long function", func(b *builder) { b.fn("f", sig("i", ""), straight(65).body()) }, 0, 1},
		{"very long function", func(b *builder) { b.fn("f", sig("i", ""), straight(600).body()) }, 0, 3},
		{"function that calls", func(b *builder) {
			b.fn("f", sig("i", ""), (&code{}).x(wasm.OpCall, 1).x(wasm.OpCall, 1).body())
			b.fn("", sig("", ""), straight(3).body())
		}, 0, 1},
		{"calls of small functions add up", func(b *builder) {
			c := &code{}
			for range 10 {
				c.x(wasm.OpCall, 1)
			}
			b.fn("f", sig("i", ""), c.body())
			b.fn("", sig("", ""), straight(60).body())
		}, 0, 4},
		{"loop", func(b *builder) { b.fn("f", sig("i", ""), loop(&code{}).body()) }, 100, 100},
		{"loop that is first stands in for the entry", func(b *builder) {
			b.fn("f", sig("i", ""), loop((&code{}).op(wasm.OpNop)).x(wasm.OpCall, 1).body())
			b.fn("", sig("", ""), straight(3).body())
		}, 100, 100},
		{"loop behind a branch does not", func(b *builder) {
			c := (&code{}).block(wasm.OpBlock, wasm.NoResult).i32(0).x(wasm.OpBrIf, 0).end()
			b.fn("f", sig("i", ""), loop(c).x(wasm.OpCall, 1).body())
			b.fn("", sig("", ""), straight(3).body())
		}, 100, 101},
		{"unreachable loop", func(b *builder) {
			c := (&code{}).block(wasm.OpBlock, wasm.NoResult).x(wasm.OpBr, 0)
			b.fn("f", sig("i", ""), loop(c).end().body())
		}, 100, 0},
		{"nested loops", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult).i32(10).set(1)
			c.block(wasm.OpLoop, wasm.NoResult).get(1).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 1).x(wasm.OpBrIf, 0).end()
			c.get(0).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
			b.fn("f", sig("i", ""), c.body(wasm.I32))
		}, 5, 5 + 50},
		{"loop left by return", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult).get(0).op(wasm.OpI32Eqz).block(wasm.OpIf, wasm.NoResult).op(wasm.OpReturn).end()
			b.fn("f", sig("i", ""), c.get(0).i32(1).op(wasm.OpI32Sub).set(0).x(wasm.OpBr, 0).end().body())
		}, 100, 101},
		{"loop left by a branch", func(b *builder) {
			c := (&code{}).block(wasm.OpBlock, wasm.NoResult).block(wasm.OpLoop, wasm.NoResult)
			c.get(0).op(wasm.OpI32Eqz).block(wasm.OpIf, wasm.NoResult).x(wasm.OpBr, 2).end()
			b.fn("f", sig("i", ""), c.get(0).i32(1).op(wasm.OpI32Sub).set(0).x(wasm.OpBr, 0).end().end().body())
		}, 100, 101},
		{"loop left by a conditional branch", func(b *builder) {
			c := (&code{}).block(wasm.OpBlock, wasm.NoResult).block(wasm.OpLoop, wasm.NoResult)
			c.get(0).op(wasm.OpI32Eqz).x(wasm.OpBrIf, 1)
			b.fn("f", sig("i", ""), c.get(0).i32(1).op(wasm.OpI32Sub).set(0).x(wasm.OpBr, 0).end().end().body())
		}, 100, 101},
		{"loop left from within one", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult).i32(10).set(1).block(wasm.OpLoop, wasm.NoResult)
			c.get(0).op(wasm.OpI32Eqz).block(wasm.OpIf, wasm.NoResult).op(wasm.OpReturn).end()
			c.get(1).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 1).x(wasm.OpBrIf, 0).end()
			b.fn("f", sig("i", ""), c.get(0).i32(1).op(wasm.OpI32Sub).set(0).x(wasm.OpBr, 0).end().body(wasm.I32))
		}, 5, 5*11 + 2},
		{"long way through a loop", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult)
			for range 300 {
				c.op(wasm.OpNop)
			}
			c.get(0).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
			b.fn("f", sig("i", ""), c.body())
		}, 100, 200},
		{"loop around a call", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult).x(wasm.OpCall, 1).get(0).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
			b.fn("f", sig("i", ""), c.body())
			b.fn("", sig("", ""), straight(3).body())
		}, 100, 100},
		{"loop with parameters", func(b *builder) {
			bt := int64(b.typ(sig("i", "i")))
			c := (&code{}).get(0).block(wasm.OpLoop, bt).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, 0).get(0).x(wasm.OpBrIf, 0).end().op(wasm.OpDrop)
			b.fn("f", sig("i", ""), c.body())
		}, 100, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b builder
			tt.build(&b)
			// How much a refill gives must not matter.
			for _, fuel := range []int64{1 << 40, 1000, 7, 1, 0} {
				got, out := used(t, b.binary(), fuel, "f", tt.arg)
				if got != tt.want || out.Trap != "" {
					t.Errorf("with %d per refill: %d ticks, want %d (%q)", fuel, got, tt.want, out.Trap)
				}
			}
			r := mustRewrite(t, b.binary(), rewrite.Options{})
			if err := checkTicks(mustParse(t, r.Wasm), len(b.Codes), pathLimit); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTicksOfTraps counts the ticks of loops that end by a trap.
func TestTicksOfTraps(t *testing.T) {
	down := func(c *code) *code { return c.get(0).i32(1).op(wasm.OpI32Sub).set(0).x(wasm.OpBr, 0).end() }
	var b builder
	c := (&code{}).block(wasm.OpLoop, wasm.NoResult).get(0).op(wasm.OpI32Eqz).block(wasm.OpIf, wasm.NoResult).op(wasm.OpUnreachable).end()
	b.fn("unreachable", sig("i", ""), down(c).body())
	c = (&code{}).block(wasm.OpLoop, wasm.NoResult).i32(100).get(0).op(0x6e).op(wasm.OpDrop) // i32.div_u
	b.fn("divide", sig("i", ""), down(c).body())
	for _, fn := range []string{"unreachable", "divide"} {
		for _, fuel := range []int64{1 << 40, 1000, 7} {
			if got, out := used(t, b.binary(), fuel, fn, 5000); got != 5001 || out.Trap == "" {
				t.Errorf("%s, with %d per refill: %d ticks, want 5001 (%q)", fn, fuel, got, out.Trap)
			}
		}
	}
}

// TestRefillEnds makes sure that a host that ends the call ends it everywhere.
func TestRefillEnds(t *testing.T) {
	var b builder
	b.fn("f", sig("", ""), (&code{}).block(wasm.OpLoop, wasm.NoResult).x(wasm.OpBr, 0).end().body())
	b.fn("g", sig("", ""), (&code{}).block(wasm.OpLoop, wasm.NoResult).x(wasm.OpCall, 0).x(wasm.OpBr, 0).end().body())
	b.fn("h", sig("", ""), (&code{}).x(wasm.OpCall, 2).body())
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	for _, fn := range []string{"f", "g", "h"} {
		e := compiler(t)
		e.onRefill = func(int64) {
			if e.refills == 5 {
				panic("time is up")
			}
		}
		m, err := e.start(r)
		if err != nil {
			t.Fatal(err)
		}
		out := call(m, fn)
		if want := "time is up (recovered by wazero)"; out.Trap != want {
			t.Errorf("%s: %q, want %q", fn, out.Trap, want)
		}
		m.Close(context.Background())
	}
}

// bulkModule has functions that fill, copy and initialize what they are told.
func bulkModule() *builder {
	var b builder
	b.memory(80, 80) // 5 MiB
	args := func() *code { return (&code{}).get(0).get(1).get(2) }
	fill, cp := args().op(wasm.OpMemoryFill), args().op(wasm.OpMemoryCopy)
	fill.b, cp.b = append(fill.b, 0), append(cp.b, 0, 0)
	b.fn("fill", sig("iii", ""), fill.body())
	b.fn("copy", sig("iii", ""), cp.body())
	pattern := (&code{}).block(wasm.OpLoop, wasm.NoResult)
	pattern.get(0).get(0).i32(-1640531527).op(wasm.OpI32Mul).x(wasm.OpI32Store, 2, 0)
	pattern.get(0).i32(4).op(wasm.OpI32Add).x(wasm.OpLocalTee, 0).i32(5<<20).op(wasm.OpI32LtU).x(wasm.OpBrIf, 0).end()
	b.fn("pattern", sig("i", ""), pattern.body())
	return &b
}

// TestBulk compares fills and copies around all the borders with the original.
func TestBulk(t *testing.T) {
	bin := bulkModule().binary()
	original := mustParse(t, bin)
	r := mustRewrite(t, bin, rewrite.Options{})
	e := compiler(t)
	e.fuel = 1 << 40
	plain, err := e.instantiate(bin)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := e.start(r)
	if err != nil {
		t.Fatal(err)
	}
	const mib, end = 1 << 20, 5 << 20
	border := rapid.SampledFrom([]uint32{0, 1, 7, 1023, 1024, 1025, mib - 1, mib, mib + 1, 2*mib - 3, 2 * mib, 3*mib + 5, end - 1, end, end + 1, 1<<32 - 1, 1<<32 - mib})
	rapid.Check(t, func(rt *rapid.T) {
		fn := rapid.SampledFrom([]string{"fill", "copy"}).Draw(rt, "fn")
		args := []uint64{uint64(border.Draw(rt, "to")), uint64(border.Draw(rt, "from")), uint64(border.Draw(rt, "n"))}
		for _, m := range []api.Module{plain, ours} {
			call(m, "pattern", 0)
		}
		if d := cmp.Diff(call(plain, fn, args...), call(ours, fn, args...)); d != "" {
			rt.Errorf("%s%v: %s", fn, args, d)
		}
		if want, got := state(plain, original), state(ours, original); want != got {
			rt.Errorf("%s%v: %s, want %s", fn, args, got, want)
		}
	})
}

// TestBulkFuel checks what bulk instructions cost, and that large ones tick while they
// run.
func TestBulkFuel(t *testing.T) {
	bin := bulkModule().binary()
	const kib = 1 << 10
	for _, tt := range []struct {
		n, want uint64
	}{{0, 0}, {1023, 0}, {1024, 1}, {100 * kib, 100}, {1024*kib - 1, 1023}, {1024 * kib, 1024}, {2500 * kib, 2500}} {
		for _, fn := range []string{"fill", "copy"} {
			got, out := used(t, bin, 1<<40, fn, 0, 5, tt.n)
			if out.Trap != "" || got != int64(tt.want) {
				t.Errorf("%s of %d: %d ticks, want %d (%q)", fn, tt.n, got, tt.want, out.Trap)
			}
		}
	}
	e := compiler(t)
	m, err := e.start(mustRewrite(t, bin, rewrite.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	e.fuel, e.refills = 1000, 0
	call(m, "fill", 0, 1, 5<<20)
	if e.refills < 4 {
		t.Errorf("%d refills while filling 5 MiB, want one per MiB", e.refills)
	}
}
