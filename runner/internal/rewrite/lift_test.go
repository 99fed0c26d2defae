package rewrite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// tableModule has a table of the given size with functions at some places, and one
// function "call" per type that calls what an index says.
func tableModule(size uint32, at ...int32) *builder {
	var b builder
	add := func(n int32) wasm.FuncBody { return (&code{}).get(0).i32(n).op(wasm.OpI32Add).body() }
	b.fn("one", sig("i", "i"), add(1))
	b.fn("two", sig("i", "i"), add(2))
	b.fn("void", sig("", ""), (&code{}).body())
	// The same type again, with another index.
	b.Types = append(b.Types, sig("i", "i"))
	again := uint32(len(b.Types) - 1)
	three := b.fn("three", sig("i", "i"), add(3))
	b.Functions[three] = again
	segments := map[int32][]uint32{}
	for _, p := range at {
		segments[p] = []uint32{0, 1, 2, 3}
	}
	b.table(size, segments)
	b.fn("call", sig("ii", "i"), (&code{}).get(0).get(1).x(wasm.OpCallIndirect, b.typ(sig("i", "i")), 0).body())
	b.fn("call again", sig("ii", "i"), (&code{}).get(0).get(1).x(wasm.OpCallIndirect, again, 0).body())
	b.fn("call void", sig("ii", "i"), (&code{}).get(1).x(wasm.OpCallIndirect, b.typ(sig("", "")), 0).get(0).body())
	b.fn("call other", sig("ii", "i"), (&code{}).get(0).get(1).get(1).x(wasm.OpCallIndirect, b.typ(sig("ii", "i")), 0).body())
	b.fn("size", sig("", "i"), (&code{}).x(wasm.OpTableSize, 0).body())
	return &b
}

// TestLiftTable calls every slot with every type, and compares results and kinds of
// traps with the original.
func TestLiftTable(t *testing.T) {
	tests := []struct {
		size uint32
		at   []int32
	}{
		{0, nil}, {4, []int32{0}}, {7, []int32{1}}, {300, []int32{0, 200}}, {1023, []int32{1019}}, {1024, []int32{1020}}, {1025, []int32{0, 1021}},
		{2500, []int32{1022, 2046}}, {5000, []int32{4096, 4996}},
	}
	for _, tt := range tests {
		b := tableModule(tt.size, tt.at...)
		if tt.size >= 7 {
			// A later segment overwrites an earlier one, also with null.
			b.Elements = append(b.Elements, wasm.Element{Offset: wasm.I32Expr(2), Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.ConstExpr{
				{Op: wasm.OpRefFunc, Value: 3}, {Op: wasm.OpRefNull, Value: uint64(wasm.FuncRef)},
			}})
		}
		for _, skip := range []rewrite.Pass{0, rewrite.PassMeter} {
			bin := b.binary()
			r := mustRewrite(t, bin, rewrite.Options{Skip: skip})
			if r.Report.TableKept != "" || len(r.Module.Tables) != 1 || r.Module.Tables[0].Min != 1 {
				t.Fatalf("size %d: table kept: %q", tt.size, r.Report.TableKept)
			}
			e := compiler(t)
			plain, err := e.instantiate(bin)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := e.start(r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(call(plain, "size"), call(ours, "size")); d != "" {
				t.Errorf("size %d: %s", tt.size, d)
			}
			for _, fn := range []string{"call", "call again", "call void", "call other"} {
				for i := range tt.size + 3 {
					compareSlot(t, tt.size, i, call(plain, fn, 100, uint64(i)), call(ours, fn, 100, uint64(i)))
				}
				for _, i := range []uint32{1 << 16, 1 << 31, 1<<32 - 1, 1<<32 - 256} {
					compareSlot(t, tt.size, i, call(plain, fn, 100, uint64(i)), call(ours, fn, 100, uint64(i)))
				}
			}
		}
	}
}

func compareSlot(t *testing.T, size, slot uint32, want, got outcome) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("table of %d, slot %d: %s", size, slot, d)
	}
}

func TestLiftTableKept(t *testing.T) {
	use := func(c *code) func(b *builder) {
		return func(b *builder) { b.fn("", sig("", ""), c.body()) }
	}
	tests := []struct {
		name     string
		build    func(b *builder)
		want     string
		snapshot string
	}{
		{"exported", func(b *builder) { b.export("t", wasm.ExternTable, 0) }, `table 0 is exported as "t"`, ""},
		{"get", use((&code{}).i32(0).x(wasm.OpTableGet, 0).op(wasm.OpDrop)), "a function uses table.get", ""},
		{"set", use((&code{}).i32(0).op(wasm.OpRefNull, 0x70).x(wasm.OpTableSet, 0)), "a function uses table.set", "a function uses table.set"},
		{"grow", use((&code{}).op(wasm.OpRefNull, 0x70).i32(1).x(wasm.OpTableGrow, 0).op(wasm.OpDrop)), "a function uses table.grow", "a function uses table.grow"},
		{"fill", use((&code{}).i32(0).op(wasm.OpRefNull, 0x70).i32(1).x(wasm.OpTableFill, 0)), "a function uses table.fill", "a function uses table.fill"},
		{"copy", use((&code{}).i32(0).i32(0).i32(1).x(wasm.OpTableCopy, 0, 0)), "a function uses table.copy", "a function uses table.copy"},
		{"init", use((&code{}).i32(0).i32(0).i32(1).x(wasm.OpTableInit, 0, 0)), "a function uses table.init", "a function uses table.init"},
		{"drop", use((&code{}).x(wasm.OpElemDrop, 0)), "a function uses elem.drop", "a function uses elem.drop"},
		{"out of range", func(b *builder) { b.table(1, map[int32][]uint32{1: {0}}) }, "element segment 1 is out of range", ""},
		{"large", func(b *builder) { b.table(1<<18, nil) }, "tables of 262164 entries, limit 262144", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := tableModule(20, 3)
			tt.build(b)
			r := mustRewrite(t, b.binary(), rewrite.Options{})
			if r.Report.TableKept != tt.want || r.Report.SnapshotRefused != tt.snapshot {
				t.Errorf("kept %q and refused %q, want %q and %q", r.Report.TableKept, r.Report.SnapshotRefused, tt.want, tt.snapshot)
			}
			if r.Module.Tables[0].Min != 20 || r.Report.Dispatchers != 0 {
				t.Errorf("table has %d entries and there are %d dispatchers", r.Module.Tables[0].Min, r.Report.Dispatchers)
			}
		})
	}
}

// TestLiftTableReferences makes sure that ref.func stays valid when its declaration was
// an element segment, and that function indexes everywhere are renumbered.
func TestLiftTableReferences(t *testing.T) {
	b := tableModule(20, 3)
	b.Globals = append(b.Globals, wasm.Global{GlobalType: wasm.GlobalType{Type: wasm.FuncRef}, Init: wasm.ConstExpr{Op: wasm.OpRefFunc, Value: 2}})
	hidden := b.fn("", sig("", ""), (&code{}).body())
	b.Elements = append(b.Elements, wasm.Element{Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: []uint32{hidden}})
	b.fn("null", sig("", "i"), (&code{}).x(wasm.OpRefFunc, hidden).op(wasm.OpRefIsNull).body())
	b.fn("mark", sig("", ""), (&code{}).i32(7).x(wasm.OpGlobalSet, b.global(wasm.I32, wasm.I32Expr(0))).body())
	start := uint32(len(b.Functions) - 1)
	b.Start = &start
	b.export("mark global", wasm.ExternGlobal, 1)
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	if r.Report.TableKept != "" || !r.Report.Start {
		t.Fatalf("kept %q, start %v", r.Report.TableKept, r.Report.Start)
	}
	m, err := compiler(t).start(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := call(m, "null"); got.Trap != "" || got.Results[0] != 0 {
		t.Errorf("ref.func: %+v", got)
	}
	if got := m.ExportedGlobal("mark global").Get(); got != 7 {
		t.Errorf("start function left %d, want 7", got)
	}
}

// TestLiftTableBounded makes sure that no table makes dispatchers of any size.
func TestLiftTableBounded(t *testing.T) {
	var b builder
	c := &code{}
	f := b.fn("f", sig("", ""), (&code{}).body())
	entries := make([]uint32, 1<<17)
	for i := range entries {
		entries[i] = f
	}
	for i := range 200 {
		params := strings.Repeat("i", i)
		for range i {
			c.i32(0)
		}
		c.i32(0).x(wasm.OpCallIndirect, b.typ(sig(params, "")), 0)
	}
	for range 20 {
		c.i32(0).x(wasm.OpCallIndirect, b.typ(sig("", "")), 0)
	}
	b.fn("g", sig("", ""), c.body())
	b.table(1<<17, map[int32][]uint32{0: entries})
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	if grown := r.Report.SizeAfter - r.Report.SizeBefore; grown > 16<<20 {
		t.Errorf("grew by %d bytes", grown)
	}
	t.Logf("kept %q, %d dispatchers, %d -> %d bytes", r.Report.TableKept, r.Report.Dispatchers, r.Report.SizeBefore, r.Report.SizeAfter)
}
