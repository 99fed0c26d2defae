package rewrite

import (
	"math/bits"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

const (
	// maxCarried is the number of locals up to which it pays to copy them.
	maxCarried = 16
	// maxCarriedLoop is the length of a loop in instructions up to which it does.
	maxCarriedLoop = 256
	// maxLocalRuns is the number of declarations of locals up to which types are looked
	// up.
	maxLocalRuns = 256
)

// copyCarried copies the locals that the loop at the current instruction carries
// from one iteration to the next, into themselves, by instructions that the engine does
// not see through.
func (w *writer) copyCarried() {
	for _, l := range w.carriedLocals() {
		w.copyLocal(l)
	}
}

// carriedLocals returns the locals that the loop writes, and that some path
// through it reads before it writes them. It is nil when there are too many.
func (w *writer) carriedLocals() []uint32 {
	if len(w.locals) > maxLocalRuns {
		return nil
	}
	d := definitions{locals: w.access[:0], frames: w.defined[:0]}
	c := w.code
	d.frames = append(d.frames, definedFrame{op: wasm.OpLoop})
	for n := 0; len(d.frames) > 0 && c.Next(); n++ {
		if n > maxCarriedLoop || len(d.locals) > 64 {
			return nil
		}
		d.step(&c)
	}
	w.defined = d.frames
	w.access = d.locals
	carried := d.read & d.written
	if bits.OnesCount64(carried) > maxCarried {
		return nil
	}
	var out []uint32
	for i, l := range d.locals {
		if carried>>i&1 != 0 {
			out = append(out, l)
		}
	}
	return out
}

// definitions follows which locals have been written on every path through a loop that
// contains no loop. Sets are bits by position in locals.
type definitions struct {
	locals        []uint32
	frames        []definedFrame
	defined       uint64 // on all paths to here, all bits if there are none
	read, written uint64 // read: while not defined
}

// definedFrame is an open block.
type definedFrame struct {
	op    wasm.Opcode
	entry uint64 // defined on entry
	end   uint64 // defined on all branches to the end
}

// nowhere is what is defined where no path leads.
const nowhere = ^uint64(0)

// bit returns the set of one local.
func (d *definitions) bit(l uint32) uint64 {
	for i, x := range d.locals {
		if x == l {
			return 1 << i
		}
	}
	d.locals = append(d.locals, l)
	return 1 << (len(d.locals) - 1)
}

func (d *definitions) branch(label uint32) {
	if at := len(d.frames) - 1 - int(label); at >= 0 {
		d.frames[at].end &= d.defined
	}
}

func (d *definitions) step(c *wasm.Code) {
	switch c.Op {
	case wasm.OpLocalGet:
		d.read |= d.bit(c.A) &^ d.defined
	case wasm.OpLocalSet, wasm.OpLocalTee:
		d.written |= d.bit(c.A)
		d.defined |= d.bit(c.A)
	case wasm.OpBlock, wasm.OpIf:
		d.frames = append(d.frames, definedFrame{op: c.Op, entry: d.defined, end: nowhere})
	case wasm.OpElse:
		top := &d.frames[len(d.frames)-1]
		top.end &= d.defined
		top.op, d.defined = wasm.OpElse, top.entry
	case wasm.OpEnd:
		top := d.frames[len(d.frames)-1]
		d.frames = d.frames[:len(d.frames)-1]
		if top.op == wasm.OpIf {
			top.end &= top.entry
		}
		d.defined &= top.end
	case wasm.OpBr:
		d.branch(c.A)
		d.defined = nowhere
	case wasm.OpBrIf:
		d.branch(c.A)
	case wasm.OpBrTable:
		c.Targets(d.branch)
		d.defined = nowhere
	case wasm.OpReturn, wasm.OpUnreachable:
		d.defined = nowhere
	}
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
