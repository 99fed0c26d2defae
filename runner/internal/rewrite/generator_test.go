package rewrite_test

import (
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// generate makes a valid module of the bytes of src. Whatever it does ends: every
// function and every iteration takes one from a budget.
//
// Its functions are exported as f0, f1, ..., and the budget as "budget".
func generate(src []byte) *generated {
	g := &generated{src: src}
	g.print = g.importFunc("spectest", "print_i32", sig("i", ""))
	if g.n(16) == 0 {
		g.memory(40, 48) // room for copies that are done in chunks
	} else {
		g.memory(uint32(1+g.n(2)), 4)
	}
	g.budget = g.global(wasm.I32, wasm.I32Expr(0))
	g.export("budget", wasm.ExternGlobal, g.budget)
	g.global(wasm.I32, wasm.I32Expr(int32(g.n(256))))
	g.global(wasm.I64, wasm.I64Expr(int64(g.n(256))))
	g.data(int32(g.n(256)*200), "some data")
	g.data(int32(g.n(256)*200), "some more data that may overlap with the first")
	if g.n(6) == 0 {
		g.Datas = append(g.Datas, wasm.Data{Mode: wasm.Passive, Init: []byte("passive data")})
		n := uint32(3)
		g.DataCount = &n
		g.passive = true
	}
	g.sigs = []wasm.FuncType{sig("", ""), sig("i", "i"), sig("ii", "i"), sig("l", "l"), sig("id", "l"), sig("i", "il"), sig("fv", "i")}
	for _, s := range g.sigs {
		g.typ(s)
	}
	funcs := 2 + g.n(5)
	for range funcs {
		g.funcs = append(g.funcs, g.n(len(g.sigs)))
	}
	size := uint32(4 + g.n(16))
	if g.n(4) == 0 {
		size = uint32(200 + g.n(256)*3)
	}
	at := g.n(int(size))
	var entries []uint32
	for i := at; i < int(size) && len(entries) < 10; i++ {
		entries = append(entries, uint32(1+g.n(funcs)))
	}
	g.tableSize = size
	g.table(size, map[int32][]uint32{int32(at): entries})
	if g.n(4) == 0 {
		// A type index that differs from that of the functions, for an equal type.
		g.Types = append(g.Types, g.sigs[1])
	}
	g.changesTable = g.n(6) == 0
	for i := range funcs {
		g.function(i)
	}
	if g.changesTable {
		g.Elements = append(g.Elements, wasm.Element{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{1, 2}})
	}
	return g
}

type generated struct {
	builder
	src          []byte
	print        uint32
	budget       uint32
	passive      bool
	changesTable bool
	tableSize    uint32
	sigs         []wasm.FuncType
	funcs        []int // index into sigs of each function

	c        *code
	sig      wasm.FuncType
	locals   []wasm.ValueType // with parameters
	quiet    int              // no calls while positive
	depth    int
	counters map[uint32]bool
	size     int
}

// n returns a number below k.
func (g *generated) n(k int) int {
	if len(g.src) == 0 {
		return 0
	}
	v := int(g.src[0])
	g.src = g.src[1:]
	return v % k
}

func (g *generated) function(i int) {
	g.c, g.sig = &code{}, g.sigs[g.funcs[i]]
	g.locals = append([]wasm.ValueType{}, g.sig.Params...)
	extra := []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32, wasm.I64, wasm.I64, wasm.F32, wasm.F64, wasm.V128}
	g.locals = append(g.locals, extra...)
	g.depth, g.size, g.quiet = 0, 0, 0
	g.counters = map[uint32]bool{}
	if g.n(3) == 0 {
		g.quiet = 1 // a function without calls
	}
	g.spend()
	g.c.block(wasm.OpIf, wasm.NoResult)
	g.zeros(g.sig.Results)
	g.c.op(wasm.OpReturn, wasm.OpEnd)
	for range 1 + g.n(6) {
		g.statement()
	}
	for _, t := range g.sig.Results {
		g.expr(t)
	}
	name := "f" + string(rune('0'+i))
	g.fn(name, g.sig, g.c.body(g.locals[len(g.sig.Params):]...))
}

// spend takes one from the budget and leaves whether it is used up.
func (g *generated) spend() {
	g.c.x(wasm.OpGlobalGet, g.budget).i32(1).op(wasm.OpI32Sub).x(wasm.OpGlobalSet, g.budget)
	g.c.x(wasm.OpGlobalGet, g.budget).i32(0).op(wasm.OpI32LtS)
}

func (g *generated) zeros(ts []wasm.ValueType) {
	for _, t := range ts {
		g.constant(t, 0)
	}
}

func (g *generated) constant(t wasm.ValueType, v int) {
	switch t {
	case wasm.I32:
		g.c.i32(int32(v))
	case wasm.I64:
		g.c.i64(int64(v))
	case wasm.F32:
		g.c.f32(float32(v))
	case wasm.F64:
		g.c.f64(float64(v))
	case wasm.V128:
		g.c.i32(int32(v)).op(0xfd11) // i32x4.splat
	}
}

// local returns a local of the type that is no loop counter.
func (g *generated) local(t wasm.ValueType) uint32 {
	var of []uint32
	for i, l := range g.locals {
		if l == t && !g.counters[uint32(i)] {
			of = append(of, uint32(i))
		}
	}
	return of[g.n(len(of))]
}

// counter adds a local for a loop to count in.
func (g *generated) counter() uint32 {
	l := uint32(len(g.locals))
	g.locals = append(g.locals, wasm.I32)
	g.counters[l] = true
	return l
}
