package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// plan is what happens to every body in the one walk that changes them.
type plan struct {
	survey *survey
	// Function indexes from importAt on move up by shift.
	importAt, shift uint32
	meter           *meter // nil: no ticks
	lift            *lift  // nil: tables stay
	ticks           int
}

func (p *plan) function(i uint32) uint32 {
	if i >= p.importAt {
		return i + p.shift
	}
	return i
}

// apply rewrites all bodies and every function index outside of them.
func (p *plan) apply(m *wasm.Module) error {
	size := 0
	for i := range m.Codes {
		size += len(m.Codes[i].Body)
	}
	w := writer{plan: p, out: make([]byte, 0, size+size/8)}
	for i := range m.Codes {
		if err := w.body(m, i); err != nil {
			return err
		}
	}
	if p.shift == 0 {
		return nil
	}
	for i := range m.Exports {
		if m.Exports[i].Kind == wasm.ExternFunc {
			m.Exports[i].Index = p.function(m.Exports[i].Index)
		}
	}
	if m.Start != nil {
		start := p.function(*m.Start)
		m.Start = &start
	}
	for i := range m.Globals {
		p.constExpr(&m.Globals[i].Init)
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		for j := range e.Funcs {
			e.Funcs[j] = p.function(e.Funcs[j])
		}
		for j := range e.Exprs {
			p.constExpr(&e.Exprs[j])
		}
	}
	return nil
}

func (p *plan) constExpr(e *wasm.ConstExpr) {
	if e.Op == wasm.OpRefFunc {
		e.Value = uint64(p.function(uint32(e.Value)))
	}
}

// writer rewrites one body after the other.
type writer struct {
	*plan
	out    []byte // all bodies
	frames []frame
	code   wasm.Code
	body_  []byte
	copied int // up to where the body has been copied
	locals locals
	path   int // instructions since the last tick on the longest path, -1 if unreachable
}

// splice replaces the input from the current instruction's start to its end by
// nothing: what follows is appended to out by the caller.
func (w *writer) splice() {
	w.out = append(w.out, w.body_[w.copied:w.code.Start]...)
	w.copied = w.code.End
}

// insertBefore makes out ready for code in front of the current instruction.
func (w *writer) insertBefore() {
	w.out = append(w.out, w.body_[w.copied:w.code.Start]...)
	w.copied = w.code.Start
}

// insertAfter makes out ready for code behind the current instruction.
func (w *writer) insertAfter() {
	w.out = append(w.out, w.body_[w.copied:w.code.End]...)
	w.copied = w.code.End
}

func (w *writer) op(op wasm.Opcode) { w.out = append(w.out, byte(op)) }

func (w *writer) index(op wasm.Opcode, i uint32) {
	w.out = wasm.AppendU32(append(w.out, byte(op)), i)
}
