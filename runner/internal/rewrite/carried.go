package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

const (
	// maxCarried is the number of locals up to which it pays to copy them.
	maxCarried = 16
	// maxCarriedLoop is the length of a loop in instructions up to which it does.
	maxCarriedLoop = 256
)

// copyCarried copies the locals that the loop at the current instruction carries
// from one iteration to the next, into themselves, by instructions that the engine does
// not see through.
func (w *writer) copyCarried() {
	for _, l := range w.carriedLocals() {
		w.copyLocal(l)
	}
}

// carriedLocals returns the locals that the loop reads before it writes them. The
// order of the code stands in for the order of execution: a wrong answer costs
// time, nothing else.
func (w *writer) carriedLocals() []uint32 {
	c := w.code
	depth := 1
	w.access = w.access[:0]
	find := func(l uint32) *localAccess {
		for i := range w.access {
			if w.access[i].local == l {
				return &w.access[i]
			}
		}
		w.access = append(w.access, localAccess{local: l})
		return &w.access[len(w.access)-1]
	}
	for n := 0; depth > 0 && c.Next(); n++ {
		if n > maxCarriedLoop {
			return nil
		}
		switch c.Op {
		case wasm.OpBlock, wasm.OpIf:
			depth++
		case wasm.OpEnd:
			depth--
		case wasm.OpLocalGet:
			if a := find(c.A); !a.written {
				a.read = true
			}
		case wasm.OpLocalSet, wasm.OpLocalTee:
			find(c.A).written = true
		}
		if len(w.access) > 4*maxCarried {
			return nil
		}
	}
	var out []uint32
	for _, a := range w.access {
		if a.read && a.written {
			out = append(out, a.local)
		}
	}
	if len(out) > maxCarried {
		return nil
	}
	return out
}

// localAccess is how a loop uses a local.
type localAccess struct {
	local         uint32
	read, written bool // read: before it was written
}

func (w *writer) copyLocal(l uint32) {
	a := &w.out
	typ := w.localType(l)
	if typ.IsRef() {
		return
	}
	a.index(wasm.OpLocalGet, l)
	switch typ {
	case wasm.I32:
		a.i32(0)
		a.op(wasm.OpI32Add)
	case wasm.I64:
		a.i64(0)
		a.op(wasm.OpI64Add)
	case wasm.F32:
		a.ops(wasm.OpI32ReinterpretF32, wasm.OpF32ReinterpretI32)
	case wasm.F64:
		a.ops(wasm.OpI64ReinterpretF64, wasm.OpF64ReinterpretI64)
	case wasm.V128:
		a.index(wasm.OpLocalGet, l)
		a.vector(wasm.OpV128Or)
	}
	a.index(wasm.OpLocalSet, l)
}

// localType returns the type of a parameter or local of the current function.
func (w *writer) localType(l uint32) wasm.ValueType {
	n := uint32(len(w.params))
	if l < n {
		return w.params[l]
	}
	l -= n
	for _, run := range w.locals {
		if l < run.Count {
			return run.Type
		}
		l -= run.Count
	}
	return 0
}
