package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// A tick takes one from the fuel global and calls the host when that leaves less than
// nothing. How it is written decides what metering costs:
//
//   - The call is the else of an if whose other side is empty, and it ends in a
//     branch back to a loop header. The engine then moves it out of the way, and
//     nothing merges behind the tick: what is known of memory stays known, and the
//     usual path has no taken branch.
//   - In a loop that calls nothing, the fuel is kept in a local and only ever stored:
//     an iteration does not wait for the store of the one before.
//   - In such a loop, the call is preceded by copies of the locals the loop carries
//     around. A value that lives across a call is stored to the stack; for one that is
//     carried around a loop that happens in every iteration, for a copy only
//     next to the call.

// prepare writes the ticks that are the same everywhere.
func (t *meter) prepare() {
	var a asm
	t.take(&a, func() { a.i64(1) })
	a.index(wasm.OpGlobalGet, t.fuel)
	a.i64(0)
	a.op(wasm.OpI64GeS)
	a.block(wasm.OpIf)
	a.op(wasm.OpElse)
	a.index(wasm.OpCall, t.again)
	a.index(wasm.OpBr, 1)
	a.op(wasm.OpEnd)
	t.loopTick = a

	var b asm
	t.take(&b, func() { b.i64(1) })
	t.refillIfEmpty(&b)
	t.pathTick = b
}

// take subtracts what amount pushes from the fuel.
func (t *meter) take(a *asm, amount func()) {
	a.index(wasm.OpGlobalGet, t.fuel)
	amount()
	a.op(wasm.OpI64Sub)
	a.index(wasm.OpGlobalSet, t.fuel)
}

// refillIfEmpty calls the host until the fuel is not negative. The loop is there for
// its header, see above.
func (t *meter) refillIfEmpty(a *asm) {
	a.block(wasm.OpLoop)
	a.index(wasm.OpGlobalGet, t.fuel)
	a.i64(0)
	a.op(wasm.OpI64GeS)
	a.block(wasm.OpIf)
	a.op(wasm.OpElse)
	a.index(wasm.OpCall, t.refill)
	a.index(wasm.OpBr, 1)
	a.ops(wasm.OpEnd, wasm.OpEnd)
}

// againBody refills for a loop tick, which will be repeated: it gives back the
// one that the tick took.
func (t *meter) againBody() wasm.FuncBody {
	var a asm
	a.index(wasm.OpCall, t.refill)
	t.take(&a, func() { a.i64(-1) })
	a.op(wasm.OpEnd)
	return wasm.FuncBody{Body: a}
}

// tick puts a tick where out is.
func (w *writer) tick() {
	w.path = 0
	w.ticks++
	if w.quiet == 0 {
		w.out = append(w.out, w.meter.pathTick...)
		return
	}
	a := &w.out
	w.takeLocal()
	a.block(wasm.OpLoop)
	a.index(wasm.OpLocalGet, w.fuelLocal)
	a.i64(0)
	a.op(wasm.OpI64GeS)
	a.block(wasm.OpIf)
	a.op(wasm.OpElse)
	a.index(wasm.OpCall, w.meter.refill)
	w.loadLocal()
	a.index(wasm.OpBr, 1)
	a.ops(wasm.OpEnd, wasm.OpEnd)
}

// tickLoop puts a tick into the loop header that is the current instruction.
func (w *writer) tickLoop(l loopFacts) {
	if w.quiet == 0 && l.quiet {
		// Outermost loop of its kind: from here on the local holds the fuel.
		if w.fuelLocal == noLocal {
			w.fuelLocal = w.addLocals(1, wasm.I64)
		}
		w.before()
		w.loadLocal()
	}
	w.after()
	if l.quiet {
		w.quiet++
	}
	if w.code.Const != wasm.NoResult && w.hasParams(w.code.Const) {
		// A branch to this loop would need its parameters.
		w.tick()
		return
	}
	w.path = 0
	w.ticks++
	if w.quiet == 0 {
		w.out = append(w.out, w.meter.loopTick...)
		return
	}
	a := &w.out
	w.takeLocal()
	a.index(wasm.OpLocalGet, w.fuelLocal)
	a.i64(0)
	a.op(wasm.OpI64GeS)
	a.block(wasm.OpIf)
	a.op(wasm.OpElse)
	if l.innermost {
		w.copyCarried()
	}
	a.index(wasm.OpCall, w.meter.again)
	w.loadLocal()
	a.index(wasm.OpBr, 1)
	a.op(wasm.OpEnd)
}

// takeLocal takes one from the fuel in the local and stores it.
func (w *writer) takeLocal() {
	a := &w.out
	a.index(wasm.OpLocalGet, w.fuelLocal)
	a.i64(1)
	a.op(wasm.OpI64Sub)
	a.index(wasm.OpLocalTee, w.fuelLocal)
	a.index(wasm.OpGlobalSet, w.meter.fuel)
}

// loadLocal loads the fuel into the local.
func (w *writer) loadLocal() {
	w.out.index(wasm.OpGlobalGet, w.meter.fuel)
	w.out.index(wasm.OpLocalSet, w.fuelLocal)
}

// hasParams reports whether a block type is a function type with parameters.
func (w *writer) hasParams(block int64) bool {
	return block >= 0 && len(w.types[block].Params) > 0
}
