package rewrite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestBulkTable runs the instructions on tables and passive segments, and checks what
// they cost.
func TestBulkTable(t *testing.T) {
	var b builder
	b.memory(1, 0)
	f := b.fn("", sig("", ""), (&code{}).body())
	b.table(1000, nil)
	items := make([]uint32, 600)
	for i := range items {
		items[i] = f
	}
	b.Elements = []wasm.Element{{Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: items}}
	b.Datas = []wasm.Data{{Mode: wasm.Passive, Init: make([]byte, 5000)}}
	n := uint32(1)
	b.DataCount = &n
	init := (&code{}).i32(0).i32(0).get(0).x(wasm.OpMemoryInit, 0)
	init.b = append(init.b, 0)
	b.fn("memory.init", sig("i", ""), init.body())
	b.fn("table.init", sig("i", ""), (&code{}).i32(0).i32(0).get(0).x(wasm.OpTableInit, 0, 0).body())
	b.fn("table.copy", sig("i", ""), (&code{}).i32(1).i32(0).get(0).x(wasm.OpTableCopy, 0, 0).body())
	b.fn("table.fill", sig("i", ""), (&code{}).i32(0).x(wasm.OpRefFunc, f).get(0).x(wasm.OpTableFill, 0).body())
	b.fn("table.grow", sig("i", "i"), (&code{}).x(wasm.OpRefFunc, f).get(0).x(wasm.OpTableGrow, 0).body())
	b.fn("constant", sig("i", ""), (&code{}).i32(0).i32(0).i32(100).x(wasm.OpTableInit, 0, 0).body())
	// How many entries there are, found by calling them.
	b.fn("call", sig("i", ""), (&code{}).get(0).x(wasm.OpCallIndirect, b.typ(sig("", "")), 0).body())
	bin := b.binary()
	e := compiler(t)
	plain, err := e.instantiate(bin)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := e.start(mustRewrite(t, bin, rewrite.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	fuel := ours.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal)
	for _, tt := range []struct {
		fn   string
		n    uint64
		cost uint64
	}{
		{"memory.init", 0, 0}, {"memory.init", 5000, 4}, {"memory.init", 5001, 4},
		{"table.init", 127, 0}, {"table.init", 600, 4}, {"table.init", 601, 4},
		{"table.copy", 128, 1}, {"table.copy", 999, 7}, {"table.copy", 1000, 7},
		{"table.fill", 1000, 7}, {"table.fill", 1001, 7},
		{"table.grow", 300, 2}, {"table.fill", 1300, 10}, {"constant", 0, 0},
	} {
		const full = 1 << 40
		fuel.Set(full)
		if d := cmp.Diff(call(plain, tt.fn, tt.n), call(ours, tt.fn, tt.n)); d != "" {
			t.Errorf("%s %d: %s", tt.fn, tt.n, d)
		}
		if got := full - fuel.Get(); got != tt.cost {
			t.Errorf("%s %d: %d ticks, want %d", tt.fn, tt.n, got, tt.cost)
		}
		for _, i := range []uint64{0, 100, 601, 999, 1299, 1300} {
			if d := cmp.Diff(call(plain, "call", i), call(ours, "call", i)); d != "" {
				t.Errorf("after %s %d, entry %d: %s", tt.fn, tt.n, i, d)
			}
		}
	}
}
