package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

const (
	// bytesPerTick is how much memory a tick pays for, as a power of two.
	bytesPerTick = 10
	// itemsPerTick is the same for tables, whose entries are 8 bytes.
	itemsPerTick = bytesPerTick - 3
	// chunk is the largest amount of memory filled or copied at once, as a power of two.
	chunk = 20
)

// chargedBySize reports whether the work an instruction does depends on the
// length on top of the stack.
func chargedBySize(op wasm.Opcode) bool {
	switch op {
	case wasm.OpMemoryFill, wasm.OpMemoryCopy, wasm.OpMemoryInit,
		wasm.OpTableInit, wasm.OpTableCopy, wasm.OpTableFill, wasm.OpTableGrow:
		return true
	}
	return false
}

// perTick returns how many bytes or items of an instruction that is charged by size one
// tick pays for, as a power of two.
func perTick(op wasm.Opcode) int32 {
	if op == wasm.OpMemoryFill || op == wasm.OpMemoryCopy || op == wasm.OpMemoryInit {
		return bytesPerTick
	}
	return itemsPerTick
}

// isSmall reports whether an instruction of that length costs less than a tick.
func isSmall(op wasm.Opcode, length int64) bool {
	return length >= 0 && length < 1<<perTick(op)
}

// bulk charges the current instruction by its size.
func (w *writer) bulk(op wasm.Opcode) {
	if w.tooLarge() {
		return
	}
	if op == wasm.OpMemoryFill || op == wasm.OpMemoryCopy {
		w.bulkMemory(op)
		return
	}
	n := w.bulkLocals() + 2
	w.before()
	w.out.index(wasm.OpLocalSet, n)
	w.meter.chargeSize(&w.out, n, perTick(op))
	w.out.index(wasm.OpLocalGet, n)
}

// bulkLocals returns the first of three i32 locals.
func (w *writer) bulkLocals() uint32 {
	if w.bulkLocal == noLocal {
		w.bulkLocal = w.addLocals(3, wasm.I32)
	}
	return w.bulkLocal
}

// addLocals appends n locals to the function and returns the index of the first.
func (w *writer) addLocals(n uint32, t wasm.ValueType) uint32 {
	at := w.firstLocal
	w.firstLocal += n
	w.added = append(w.added, wasm.LocalRun{Count: n, Type: t})
	return at
}

// chargeSize charges what local n holds.
func (t *meter) chargeSize(a *asm, n uint32, shift int32) {
	t.take(a, func() {
		a.index(wasm.OpLocalGet, n)
		a.i32(shift)
		a.ops(wasm.OpI32ShrU, wasm.OpI64ExtendI32)
	})
	t.refillIfEmpty(a)
}

// bulkMemory does a small fill or copy in place and leaves a large one to a
// function.
func (w *writer) bulkMemory(op wasm.Opcode) {
	l := w.bulkLocals()
	large := w.meter.fill
	if op == wasm.OpMemoryCopy {
		large = w.meter.copy
	}
	args := func() {
		for i := range uint32(3) {
			w.out.index(wasm.OpLocalGet, l+i)
		}
	}
	w.replace()
	w.out.index(wasm.OpLocalSet, l+2)
	w.out.index(wasm.OpLocalSet, l+1)
	w.out.index(wasm.OpLocalSet, l)
	w.out.index(wasm.OpLocalGet, l+2)
	w.out.i32(chunk)
	w.out.op(wasm.OpI32ShrU)
	w.out.block(wasm.OpIf)
	args()
	w.out.index(wasm.OpCall, large)
	w.out.op(wasm.OpElse)
	w.out.index(wasm.OpLocalGet, l+2)
	w.out.i32(bytesPerTick)
	w.out.op(wasm.OpI32ShrU)
	w.out.block(wasm.OpIf)
	w.meter.chargeSize(&w.out, l+2, bytesPerTick)
	w.out.op(wasm.OpEnd)
	args()
	w.out.memory(op)
	w.out.op(wasm.OpEnd)
}

// trapFirst does the whole of an instruction with parameters (to, from or value,
// length) at once when one of its ranges is outside of memory: it traps without having
// written anything.
func (t *meter) trapFirst(a *asm, op wasm.Opcode, addresses ...uint32) {
	for i, p := range addresses {
		a.index(wasm.OpLocalGet, p)
		a.op(wasm.OpI64ExtendI32)
		a.index(wasm.OpLocalGet, 2)
		a.ops(wasm.OpI64ExtendI32, wasm.OpI64Add)
		a.index(wasm.OpMemorySize, 0)
		a.op(wasm.OpI64ExtendI32)
		a.i64(16)
		a.ops(wasm.OpI64Shl, wasm.OpI64GtU)
		if i > 0 {
			a.op(wasm.OpI32Or)
		}
	}
	a.block(wasm.OpIf)
	for i := range uint32(3) {
		a.index(wasm.OpLocalGet, i)
	}
	a.memory(op)
	a.ops(wasm.OpUnreachable, wasm.OpEnd)
}

// chunks repeats one while the length, local 2, is at least a chunk.
func (t *meter) chunks(a *asm, one func()) {
	a.block(wasm.OpLoop)
	t.take(a, func() { a.i64(1 << (chunk - bytesPerTick)) })
	t.refillIfEmpty(a)
	one()
	a.index(wasm.OpLocalGet, 2)
	a.i32(1 << chunk)
	a.op(wasm.OpI32Sub)
	a.index(wasm.OpLocalTee, 2)
	a.i32(chunk)
	a.op(wasm.OpI32ShrU)
	a.index(wasm.OpBrIf, 0)
	a.op(wasm.OpEnd)
}

// rest does what is left, which is less than a chunk, and ends the function.
func (t *meter) rest(a *asm, op wasm.Opcode) {
	t.chargeSize(a, 2, bytesPerTick)
	for i := range uint32(3) {
		a.index(wasm.OpLocalGet, i)
	}
	a.memory(op)
	a.op(wasm.OpEnd)
}

// advance adds a chunk to a parameter.
func advance(a *asm, p uint32) {
	a.index(wasm.OpLocalGet, p)
	a.i32(1 << chunk)
	a.op(wasm.OpI32Add)
	a.index(wasm.OpLocalSet, p)
}

// fillBody is memory.fill for lengths of at least a chunk.
func (t *meter) fillBody() wasm.FuncBody {
	var a asm
	t.trapFirst(&a, wasm.OpMemoryFill, 0)
	t.chunks(&a, func() {
		a.index(wasm.OpLocalGet, 0)
		a.index(wasm.OpLocalGet, 1)
		a.i32(1 << chunk)
		a.memory(wasm.OpMemoryFill)
		advance(&a, 0)
	})
	t.rest(&a, wasm.OpMemoryFill)
	return wasm.FuncBody{Body: a}
}

// copyBody is memory.copy for lengths of at least a chunk. It goes up or down in memory,
// so that no chunk overwrites what a later one reads.
func (t *meter) copyBody() wasm.FuncBody {
	var a asm
	t.trapFirst(&a, wasm.OpMemoryCopy, 0, 1)
	a.index(wasm.OpLocalGet, 0)
	a.index(wasm.OpLocalGet, 1)
	a.op(wasm.OpI32LeU)
	a.block(wasm.OpIf)
	t.chunks(&a, func() {
		a.index(wasm.OpLocalGet, 0)
		a.index(wasm.OpLocalGet, 1)
		a.i32(1 << chunk)
		a.memory(wasm.OpMemoryCopy)
		advance(&a, 0)
		advance(&a, 1)
	})
	a.op(wasm.OpElse)
	t.chunks(&a, func() {
		for p := range uint32(2) {
			a.index(wasm.OpLocalGet, p)
			a.index(wasm.OpLocalGet, 2)
			a.op(wasm.OpI32Add)
			a.i32(1 << chunk)
			a.op(wasm.OpI32Sub)
		}
		a.i32(1 << chunk)
		a.memory(wasm.OpMemoryCopy)
	})
	a.op(wasm.OpEnd)
	t.rest(&a, wasm.OpMemoryCopy)
	return wasm.FuncBody{Body: a}
}
