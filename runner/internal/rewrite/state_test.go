package rewrite_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

func TestHoist(t *testing.T) {
	var b builder
	b.memory(1, 0)
	b.data(10, "abc")
	b.data(11, "X")
	b.data(65536, "")
	b.data(65535, "z")
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	want := []rewrite.Segment{{10, []byte("abc")}, {11, []byte("X")}, {65535, []byte("z")}}
	if d := cmp.Diff(want, r.Segments); d != "" {
		t.Error(d)
	}
	if len(r.Module.Datas) != 0 || r.Report.DataKept != "" || r.Report.Segments != 3 || r.Report.SegmentBytes != 5 {
		t.Errorf("left %d, kept %q, report %d, %d", len(r.Module.Datas), r.Report.DataKept, r.Report.Segments, r.Report.SegmentBytes)
	}
}

func TestHoistOutOfRange(t *testing.T) {
	for name, build := range map[string]func(b *builder){
		"end":    func(b *builder) { b.memory(1, 2); b.data(65535, "zz") },
		"offset": func(b *builder) { b.memory(1, 2); b.data(-1, "") },
		"empty":  func(b *builder) { b.memory(0, 2); b.data(0, "a") },
	} {
		t.Run(name, func(t *testing.T) {
			var b builder
			build(&b)
			_, err := rewrite.Rewrite(b.binary(), rewrite.Options{})
			var refusal *rewrite.ModuleError
			if !errors.As(err, &refusal) || refusal.Pass != rewrite.PassHoist || !strings.Contains(err.Error(), "data segment 0 ends at byte") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestHoistReferred keeps the indexes of segments that functions use. An active segment
// counts as dropped once it has been written, which an empty one amounts to.
func TestHoistReferred(t *testing.T) {
	var b builder
	b.memory(1, 0)
	b.data(0, "active")
	b.Datas = append(b.Datas, wasm.Data{Mode: wasm.Passive, Init: []byte("passive")})
	n := uint32(2)
	b.DataCount = &n
	for i, name := range []string{"init active", "init passive"} {
		c := (&code{}).i32(100).i32(0).get(0).x(wasm.OpMemoryInit, uint32(i))
		c.b = append(c.b, 0)
		b.fn(name, sig("i", ""), c.body())
	}
	b.fn("drop", sig("", ""), (&code{}).x(wasm.OpDataDrop, 1).body())
	bin := b.binary()
	r := mustRewrite(t, bin, rewrite.Options{})
	if r.Report.DataKept == "" || len(r.Module.Datas) != 2 || r.Report.SnapshotRefused != "a function uses data.drop" {
		t.Errorf("kept %q, %d segments, snapshot refused %q", r.Report.DataKept, len(r.Module.Datas), r.Report.SnapshotRefused)
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
	for _, fn := range []struct {
		name string
		n    uint64
	}{{"init active", 0}, {"init passive", 7}, {"init passive", 8}, {"drop", 0}, {"init passive", 0}, {"init passive", 1}} {
		args := []uint64{fn.n}
		if fn.name == "drop" {
			args = nil
		}
		if d := cmp.Diff(call(plain, fn.name, args...), call(ours, fn.name, args...)); d != "" {
			t.Errorf("%s %d: %s", fn.name, fn.n, d)
		}
	}
	// The engine lets functions read an active segment once more, which the
	// specification does not.
	if out := call(ours, "init active", 1); out.Trap != "out of bounds memory access" {
		t.Errorf("init active 1: %+v", out)
	}
	if want, got := state(plain, mustParse(t, bin)), state(ours, mustParse(t, bin)); want != got {
		t.Errorf("state %s, want %s", got, want)
	}
}

func TestStart(t *testing.T) {
	var b builder
	g := b.global(wasm.I32, wasm.I32Expr(0))
	f := b.fn("", sig("", ""), (&code{}).i32(5).x(wasm.OpGlobalSet, g).body())
	b.Start = &f
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	if !r.Report.Start || r.Module.Start != nil {
		t.Fatalf("start was not hoisted")
	}
	m, err := compiler(t).instantiate(r.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	global := m.ExportedGlobal(rewrite.GlobalExport(g))
	if global.Get() != 0 {
		t.Error("the start function ran on instantiation")
	}
	if out := call(m, rewrite.StartExport); out.Trap != "" || global.Get() != 5 {
		t.Errorf("start: %+v, global %d", out, global.Get())
	}
}

func TestGlobals(t *testing.T) {
	var b builder
	b.global(wasm.I32, wasm.I32Expr(1))
	b.Globals = append(b.Globals, wasm.Global{GlobalType: wasm.GlobalType{Type: wasm.I64}, Init: wasm.I64Expr(2)})
	b.global(wasm.F64, wasm.ConstExpr{Op: wasm.OpF64Const, Value: 3})
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	want := []rewrite.Global{{0, "__wafer_g0", wasm.I32}, {2, "__wafer_g2", wasm.F64}, {3, "__wafer_g3", wasm.I64}}
	if d := cmp.Diff(want, r.Globals); d != "" {
		t.Error(d)
	}
	m, err := compiler(t).start(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Globals {
		m.ExportedGlobal(g.Export).(api.MutableGlobal).Set(9)
		if m.ExportedGlobal(g.Export).Get() != 9 {
			t.Errorf("%s was not set", g.Export)
		}
	}
	m.Close(context.Background())
	for typ, init := range map[wasm.ValueType]wasm.ConstExpr{
		wasm.V128:      {Op: wasm.OpV128Const},
		wasm.FuncRef:   {Op: wasm.OpRefNull, Value: uint64(wasm.FuncRef)},
		wasm.ExternRef: {Op: wasm.OpRefNull, Value: uint64(wasm.ExternRef)},
	} {
		var b builder
		b.global(typ, init)
		r := mustRewrite(t, b.binary(), rewrite.Options{})
		if want := "global 0 is a mutable " + typ.String(); r.Report.SnapshotRefused != want {
			t.Errorf("snapshot refused: %q, want %q", r.Report.SnapshotRefused, want)
		}
	}
}

func TestCustom(t *testing.T) {
	var b builder
	b.Customs = []wasm.Custom{{Name: "name", Data: []byte{0, 2, 1, 'm'}}, {Name: "producers", Data: []byte{0}}}
	r := mustRewrite(t, b.binary(), rewrite.Options{})
	if r.Report.CustomBytes != 4+4+9+1 || len(r.Module.Customs) != 0 {
		t.Errorf("%d bytes, %d sections left", r.Report.CustomBytes, len(r.Module.Customs))
	}
}

// TestSkip makes sure that a rewrite without passes changes nothing.
func TestSkip(t *testing.T) {
	b := tableModule(300, 3, 280)
	b.memory(1, 2)
	b.data(5, "data")
	b.global(wasm.I32, wasm.I32Expr(1))
	b.Customs = []wasm.Custom{{Name: "x", Data: []byte("y")}}
	start := b.fn("s", sig("", ""), (&code{}).block(wasm.OpLoop, wasm.NoResult).end().body())
	b.Start = &start
	bin := b.binary()
	all := rewrite.PassCheck | rewrite.PassMeter | rewrite.PassLift | rewrite.PassHoist | rewrite.PassGlobals | rewrite.PassCustom
	r := mustRewrite(t, bin, rewrite.Options{Skip: all})
	if d := cmp.Diff(bin, r.Wasm); d != "" {
		t.Error(d)
	}
	// And that each pass makes a difference of its own.
	for p := rewrite.PassMeter; p <= rewrite.PassCustom; p <<= 1 {
		if r := mustRewrite(t, bin, rewrite.Options{Skip: all &^ p}); cmp.Equal(bin, r.Wasm) {
			t.Errorf("%s changes nothing", p)
		}
	}
}

// TestPasses runs the passes by themselves.
func TestPasses(t *testing.T) {
	bin := tableModule(300, 3, 280).binary()
	m := mustParse(t, bin)
	if err := rewrite.Check(m, nil); err != nil {
		t.Fatal(err)
	}
	if kept, err := rewrite.LiftTable(m); err != nil || kept != "" {
		t.Fatalf("kept %q, %v", kept, err)
	}
	if err := rewrite.Meter(m); err != nil {
		t.Fatal(err)
	}
	if _, _, err := rewrite.Hoist(m); err != nil {
		t.Fatal(err)
	}
	rewrite.HoistStart(m)
	rewrite.ExportGlobals(m)
	rewrite.DropCustom(m)
	e := compiler(t)
	plain, err := e.instantiate(bin)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := e.instantiate(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(302) {
		compareSlot(t, 300, uint32(i), call(plain, "call", 1, i), call(ours, "call", 1, i))
	}
}

// TestDeterminism rewrites the same binary several times at once, which leaves it as it
// is.
func TestDeterminism(t *testing.T) {
	src := make([]byte, 2000)
	for i := range src {
		src[i] = byte(i * i / 7)
	}
	bin := generate(src).binary()
	before := bytes.Clone(bin)
	want := mustRewrite(t, bin, rewrite.Options{}).Wasm
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := rewrite.Rewrite(bin, rewrite.Options{})
			if err != nil || !bytes.Equal(want, r.Wasm) {
				t.Errorf("the same module was rewritten in another way, or not: %v", err)
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(before, bin) {
		t.Error("rewriting changed its input")
	}
}
