package rewrite_test

import "github.com/wafer-run/wafer/runner/internal/wasm"

// expr appends code that pushes one value of the type.
func (g *generated) expr(t wasm.ValueType) {
	g.size++
	if g.size > maxGenSize || g.depth > maxGenDepth || g.n(4) == 0 {
		if g.n(2) == 0 {
			g.constant(t, g.n(256)-20)
		} else {
			g.c.get(g.local(t))
		}
		return
	}
	g.depth++
	defer func() { g.depth-- }()
	switch t {
	case wasm.I32:
		g.exprI32()
	case wasm.I64:
		g.exprI64()
	case wasm.F32:
		g.expr(t)
		g.c.f32(float32(g.n(8))).op([]wasm.Opcode{0x92, 0x94, 0x96}[g.n(3)]) // add, mul, min
	case wasm.F64:
		if g.n(2) == 0 {
			g.expr(wasm.I32)
			g.c.op(0xb7) // f64.convert_i32_s
			return
		}
		g.expr(t)
		g.expr(t)
		g.c.op([]wasm.Opcode{0xa0, 0xa2, 0xa5}[g.n(3)]) // add, mul, max
	case wasm.V128:
		g.expr(t)
		g.expr(t)
		g.c.op([]wasm.Opcode{0xfdae, 0xfd51, 0xfdb5}[g.n(3)]) // i32x4.add, v128.xor, i32x4.mul
	}
}

func (g *generated) exprI32() {
	binary := []wasm.Opcode{wasm.OpI32Add, wasm.OpI32Sub, wasm.OpI32Mul, wasm.OpI32Xor, wasm.OpI32And, wasm.OpI32ShrU, wasm.OpI32LtS, wasm.OpI32Ne}
	switch g.n(14) {
	case 0, 1, 2, 3:
		g.expr(wasm.I32)
		g.expr(wasm.I32)
		g.c.op(binary[g.n(len(binary))])
	case 4:
		g.address()
		g.c.x(wasm.OpI32Load, 0, uint32(g.n(64)))
	case 5:
		g.expr(wasm.I64)
		g.c.op(wasm.OpI32WrapI64)
	case 6:
		g.c.x(wasm.OpGlobalGet, 1)
	case 7:
		g.expr(wasm.I32)
		g.c.block(wasm.OpIf, result(wasm.I32))
		g.expr(wasm.I32)
		g.c.op(wasm.OpElse)
		g.expr(wasm.I32)
		g.c.end()
	case 8:
		g.c.block(wasm.OpBlock, result(wasm.I32))
		g.expr(wasm.I32)
		g.expr(wasm.I32)
		g.c.x(wasm.OpBrIf, 0).op(wasm.OpDrop)
		g.expr(wasm.I32)
		g.c.end()
	case 9:
		g.expr(wasm.I32)
		g.expr(wasm.I32)
		g.c.op(wasm.OpI32DivS) // may trap
	case 10:
		g.expr(wasm.V128)
		g.c.op(0xfd1b).b = append(g.c.b, byte(g.n(4))) // i32x4.extract_lane
	case 11:
		g.expr(wasm.F32)
		g.expr(wasm.F32)
		g.c.op(0x5d) // f32.lt
	case 12:
		g.call(wasm.I32)
	case 13:
		g.expr(wasm.F64)
		g.c.op(0xfc02) // i32.trunc_sat_f64_s
	}
}

func (g *generated) exprI64() {
	binary := []wasm.Opcode{wasm.OpI64Add, wasm.OpI64Sub, wasm.OpI64Mul, wasm.OpI64Xor, wasm.OpI64Shl}
	switch g.n(6) {
	case 0, 1:
		g.expr(wasm.I64)
		g.expr(wasm.I64)
		g.c.op(binary[g.n(len(binary))])
	case 2:
		g.expr(wasm.I32)
		g.c.op(wasm.OpI64ExtendI32)
	case 3:
		g.address()
		g.c.x(wasm.OpI64Load, 0, uint32(g.n(64)))
	case 4:
		g.c.x(wasm.OpGlobalGet, 2)
	case 5:
		g.call(wasm.I64)
	}
}

// call calls a function with one result of the type, or pushes a constant.
func (g *generated) call(t wasm.ValueType) {
	f := g.n(len(g.funcs))
	s := g.sigs[g.funcs[f]]
	if g.quiet > 0 || len(s.Results) != 1 || s.Results[0] != t {
		g.constant(t, f)
		return
	}
	for _, p := range s.Params {
		g.expr(p)
	}
	if g.n(2) == 0 {
		g.tableIndex()
		g.c.x(wasm.OpCallIndirect, g.typ(s), 0)
		return
	}
	g.c.x(wasm.OpCall, uint32(1+f))
}
