package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// asm appends instructions.
type asm []byte

func (a *asm) op(op wasm.Opcode) {
	if op > 0xff {
		*a = append(*a, byte(op>>8))
	}
	*a = append(*a, byte(op))
}

func (a *asm) ops(ops ...wasm.Opcode) {
	for _, op := range ops {
		a.op(op)
	}
}

// index appends an instruction with one index, e.g. local.get.
func (a *asm) index(op wasm.Opcode, i uint32) {
	a.op(op)
	*a = wasm.AppendU32(*a, i)
}

func (a *asm) i32(v int32) {
	a.op(wasm.OpI32Const)
	*a = wasm.AppendI64(*a, int64(v))
}

func (a *asm) i64(v int64) {
	a.op(wasm.OpI64Const)
	*a = wasm.AppendI64(*a, v)
}

// block appends a block, loop or if without parameters and results.
func (a *asm) block(op wasm.Opcode) { *a = append(*a, byte(op), 0x40) }

// memory appends an instruction of the bulk memory proposal on memory 0.
func (a *asm) memory(op wasm.Opcode) {
	a.op(op)
	*a = append(*a, 0)
	if op == wasm.OpMemoryCopy {
		*a = append(*a, 0)
	}
}

// vector appends an instruction of the SIMD proposal without operands.
func (a *asm) vector(op wasm.Opcode) {
	*a = wasm.AppendU32(append(*a, byte(op>>8)), uint32(op&0xff))
}
