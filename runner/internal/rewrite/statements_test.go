package rewrite_test

import "github.com/wafer-run/wafer/runner/internal/wasm"

// Bounds of what one function may hold.
const (
	maxGenDepth = 4
	maxGenSize  = 120
)

// statement appends code that leaves the stack as it is.
func (g *generated) statement() {
	g.size++
	if g.size > maxGenSize || g.depth > maxGenDepth {
		g.c.op(wasm.OpNop)
		return
	}
	g.depth++
	defer func() { g.depth-- }()
	types := []wasm.ValueType{wasm.I32, wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128}
	switch g.n(16) {
	case 0, 1, 2:
		t := types[g.n(len(types))]
		g.expr(t)
		g.c.set(g.local(t))
	case 3:
		g.expr(wasm.I32)
		g.c.x(wasm.OpGlobalSet, 1)
	case 4:
		g.expr(wasm.I64)
		g.c.x(wasm.OpGlobalSet, 2)
	case 5:
		g.address()
		g.expr(wasm.I32)
		g.c.x(wasm.OpI32Store, 0, uint32(g.n(64)))
	case 6:
		g.address()
		g.expr(wasm.I64)
		g.c.x(wasm.OpI64Store, 0, uint32(g.n(64)))
	case 7:
		g.expr(wasm.I32)
		g.c.block(wasm.OpIf, wasm.NoResult)
		g.statements()
		if g.n(2) == 0 {
			g.c.op(wasm.OpElse)
			g.statements()
		}
		g.c.end()
	case 8:
		g.block()
	case 9, 10, 11:
		g.loop()
	case 12:
		g.branchTable()
	case 13:
		g.bulk()
	case 14:
		g.calls()
	case 15:
		g.rare()
	}
}

func (g *generated) statements() {
	for range 1 + g.n(3) {
		g.statement()
	}
}

// block is left early, always or sometimes, with code behind the branch.
func (g *generated) block() {
	g.c.block(wasm.OpBlock, wasm.NoResult)
	g.statements()
	if g.n(3) == 0 {
		g.c.x(wasm.OpBr, 0)
	} else {
		g.expr(wasm.I32)
		g.c.x(wasm.OpBrIf, 0)
	}
	g.statements()
	g.c.end()
}

// loop counts down, and stops early when the budget is used up.
func (g *generated) loop() {
	counter := g.counter()
	g.c.i32(int32(1 + g.n(12))).set(counter)
	if g.n(2) == 0 {
		g.quiet++
		defer func() { g.quiet-- }()
	}
	if g.n(4) == 0 {
		g.paramLoop(counter)
		return
	}
	g.c.block(wasm.OpBlock, wasm.NoResult).block(wasm.OpLoop, wasm.NoResult)
	g.spend()
	g.c.x(wasm.OpBrIf, 1)
	g.statements()
	g.c.get(counter).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, counter).x(wasm.OpBrIf, 0)
	g.c.end().end()
}

// paramLoop carries a value from one iteration to the next on the stack.
func (g *generated) paramLoop(counter uint32) {
	bt := int64(g.typ(sig("i", "i")))
	g.expr(wasm.I32)
	g.c.block(wasm.OpBlock, bt).block(wasm.OpLoop, bt)
	g.expr(wasm.I32)
	g.c.op(wasm.OpI32Xor)
	g.spend()
	g.c.x(wasm.OpBrIf, 1)
	g.statements()
	g.c.get(counter).i32(1).op(wasm.OpI32Sub).x(wasm.OpLocalTee, counter).x(wasm.OpBrIf, 0)
	g.c.end().end()
	g.c.set(g.local(wasm.I32))
}

// branchTable jumps to the ends of nested blocks.
func (g *generated) branchTable() {
	n := 1 + g.n(4)
	for range n {
		g.c.block(wasm.OpBlock, wasm.NoResult)
	}
	g.expr(wasm.I32)
	labels := make([]uint32, 1+g.n(6))
	for i := range labels {
		labels[i] = uint32(g.n(n))
	}
	g.c.brTable(labels...)
	for range n {
		g.c.end()
		g.statement()
	}
}

// bulk copies or fills, small or large, in range or not.
func (g *generated) bulk() {
	length := func() {
		switch g.n(4) {
		case 0:
			g.c.i32(int32(g.n(64)))
		case 1:
			g.expr(wasm.I32)
		case 2:
			g.expr(wasm.I32)
			g.c.i32(0x3ff).op(wasm.OpI32And)
		case 3:
			g.c.i32(int32(g.n(256)) << (g.n(16)))
		}
	}
	g.address()
	switch k := g.n(4); {
	case k == 0:
		g.expr(wasm.I32)
		length()
		g.c.op(wasm.OpMemoryFill).b = append(g.c.b, 0)
	case k == 1 && g.passive:
		g.expr(wasm.I32)
		g.c.i32(3).op(wasm.OpI32And).i32(int32(g.n(12)))
		g.c.x(wasm.OpMemoryInit, 2).b = append(g.c.b, 0)
	case k == 2 && g.passive:
		g.c.op(wasm.OpDrop).x(wasm.OpDataDrop, 2)
	default:
		g.address()
		length()
		g.c.op(wasm.OpMemoryCopy).b = append(g.c.b, 0, 0)
	}
}

// calls calls a function, directly or through the table, and drops the results.
func (g *generated) calls() {
	if g.quiet > 0 {
		return
	}
	f := g.n(len(g.funcs) + 2)
	if f >= len(g.funcs) {
		g.expr(wasm.I32)
		g.c.x(wasm.OpCall, g.print)
		return
	}
	s := g.sigs[g.funcs[f]]
	for _, p := range s.Params {
		g.expr(p)
	}
	if g.n(2) == 0 {
		g.c.x(wasm.OpCall, uint32(1+f))
	} else {
		g.tableIndex()
		g.c.x(wasm.OpCallIndirect, g.typ(s), 0)
	}
	for range s.Results {
		g.c.op(wasm.OpDrop)
	}
}

// tableIndex is mostly in range.
func (g *generated) tableIndex() {
	if g.n(8) == 0 {
		g.expr(wasm.I32)
		return
	}
	g.c.i32(int32(g.n(256)) % int32(g.tableSize+2))
}

// rare does what most code does not do often.
func (g *generated) rare() {
	switch g.n(6) {
	case 0:
		g.expr(wasm.I32)
		g.c.block(wasm.OpIf, wasm.NoResult)
		for _, t := range g.sig.Results {
			g.expr(t)
		}
		g.c.op(wasm.OpReturn)
		g.statement()
		g.c.end()
	case 1:
		g.expr(wasm.I32)
		g.c.i32(0x7f).op(wasm.OpI32And, wasm.OpI32Eqz).block(wasm.OpIf, wasm.NoResult).op(wasm.OpUnreachable).end()
	case 2:
		g.c.i32(int32(g.n(3))).x(wasm.OpMemoryGrow, 0).set(g.local(wasm.I32))
	case 3:
		if g.changesTable {
			g.tableIndex()
			g.c.x(wasm.OpRefFunc, uint32(1+g.n(2))).x(wasm.OpTableSet, 0)
		}
	case 4:
		g.c.x(wasm.OpTableSize, 0).set(g.local(wasm.I32))
	case 5:
		for range 80 { // a long path
			g.c.get(g.local(wasm.I32)).i32(int32(g.n(256))).op(wasm.OpI32Add).set(g.local(wasm.I32))
		}
	}
}

// address is in range mostly.
func (g *generated) address() {
	g.expr(wasm.I32)
	if g.n(8) != 0 {
		g.c.i32(0xfff0).op(wasm.OpI32And)
	}
}
