package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// writer rewrites the bodies of a span, one after the other. It copies whole stretches of input
// and stops only at instructions that change.
type writer struct {
	*plan
	out    asm // all of them
	limit  int // of len(out)
	code   wasm.Code
	src    []byte
	copied int // up to where src has been copied

	// Locals of the current function that metering adds.
	firstLocal uint32
	added      []wasm.LocalRun
	fuelLocal  uint32 // holds the fuel while quiet is not 0
	bulkLocal  uint32 // first of three

	types  []wasm.FuncType
	params []wasm.ValueType
	locals []wasm.LocalRun
	// Scratch space of carriedLocals.
	access  []uint32
	defined []definedFrame

	frames []frame
	path   int // length of the longest path to here since a tick, or unreachable
	quiet  int // open loops that call nothing
	loopAt int // number of the next loop
	ticks  int // put in so far
	facts  *funcFacts
	// constEnd is the end of the last i32.const, and constant its value.
	constEnd int
	constant int64
}

// function rewrites body i and its locals. The new body ends at the end of out.
func (w *writer) function(m *wasm.Module, i int) error {
	f := &m.Codes[i]
	w.code, w.src, w.copied = wasm.NewCode(f, i), f.Body, 0
	if w.meter != nil {
		w.facts = &w.survey.funcs[i]
		w.types, w.params, w.locals = m.Types, m.Types[m.Functions[i]].Params, f.Locals
		w.firstLocal = uint32(len(w.params)) + f.NumLocals()
		w.begin()
		for w.code.Next() {
			w.step()
			w.translate()
		}
		f.Locals = append(f.Locals, w.added...)
	} else {
		for w.code.Next() {
			w.translate()
		}
	}
	w.out = append(w.out, w.src[w.copied:]...)
	w.tooLarge()
	return w.code.Err()
}

// tooLarge stops at the current instruction when the bodies have become too large.
func (w *writer) tooLarge() bool {
	if len(w.out) <= w.limit {
		return false
	}
	w.code.Fail(wasm.TooLarge, "the code would become larger than %d bytes", w.limit)
	return true
}

// translate replaces the current instruction where function indexes moved or a table
// went away.
func (w *writer) translate() {
	switch op := w.code.Op; op {
	case wasm.OpCall, wasm.OpRefFunc:
		if f := w.plan.function(w.code.A); f != w.code.A {
			w.replace()
			w.out.index(op, f)
		}
	case wasm.OpCallIndirect:
		if w.lift != nil {
			w.replace()
			w.out.index(wasm.OpCall, w.lift.dispatcher(tableType{w.code.B, w.code.A}))
		}
	case wasm.OpTableSize:
		if w.lift != nil {
			w.replace()
			w.out.i32(int32(w.lift.size(w.code.A)))
		}
	}
}

// replace drops the current instruction: what is appended to out stands in its
// place.
func (w *writer) replace() {
	w.before()
	w.copied = w.code.End
}

// before makes room in front of the current instruction.
func (w *writer) before() {
	if w.copied < w.code.Start {
		w.out = append(w.out, w.src[w.copied:w.code.Start]...)
		w.copied = w.code.Start
	}
}

// after makes room behind the current instruction.
func (w *writer) after() {
	w.out = append(w.out, w.src[w.copied:w.code.End]...)
	w.copied = w.code.End
}
