package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// maxGrowth is how many times its size the code of a span may become, and a
// MiB. Only a module that is made for it, of nothing but empty loops, would
// exceed it.
const maxGrowth = 8

// plan is what happens to every body in the one walk that changes them, whichever of
// metering and lifting are wanted.
type plan struct {
	survey *survey
	types  typeIndex
	// Function indexes from importAt on move up by shift.
	importAt, shift uint32
	meter           *meter // nil: no ticks
	lift            *lift  // nil: tables stay
}

// newPlan takes the survey of m.
func newPlan(m *wasm.Module) (*plan, error) {
	s, err := takeSurvey(m)
	if err != nil {
		return nil, err
	}
	return &plan{survey: s, types: newTypeIndex(m), importAt: m.NumImports(wasm.ExternFunc)}, nil
}

// function returns the new index of function i.
func (p *plan) function(i uint32) uint32 {
	if i >= p.importAt {
		return i + p.shift
	}
	return i
}

// apply rewrites all bodies, and every function index outside of them, and
// appends the functions that the new bodies call.
func (p *plan) apply(m *wasm.Module) error {
	if p.meter == nil && p.lift == nil {
		return nil
	}
	ticks := make([]int, len(p.survey.spans))
	if err := eachSpan(p.survey.spans, func(i int) (err error) {
		ticks[i], err = p.applyTo(m, p.survey.spans[i])
		return err
	}); err != nil {
		return err
	}
	if p.shift != 0 {
		p.renumber(m)
	}
	if p.meter != nil {
		for _, n := range ticks {
			p.meter.ticks += n
		}
		p.meter.finish(p, m)
	}
	if p.lift != nil {
		p.lift.finish(p, m)
	}
	return nil
}

// applyTo rewrites the bodies of a span, and returns how many ticks it put in.
func (p *plan) applyTo(m *wasm.Module, s span) (ticks int, err error) {
	// The arena may move while it grows: bodies are cut from it at the end.
	w := writer{plan: p, out: make([]byte, 0, s.size+s.size/4), limit: maxGrowth*s.size + 1<<20, loopAt: s.loop}
	ends := make([]int, 0, s.to-s.from)
	for i := s.from; i < s.to; i++ {
		if err := w.function(m, i); err != nil {
			return 0, err
		}
		ends = append(ends, len(w.out))
	}
	start := 0
	for i, end := range ends {
		m.Codes[s.from+i].Body = w.out[start:end:end]
		start = end
	}
	return w.ticks, nil
}

// renumber moves the function indexes outside of bodies.
func (p *plan) renumber(m *wasm.Module) {
	expr := func(e *wasm.ConstExpr) {
		if e.Op == wasm.OpRefFunc {
			e.Value = uint64(p.function(uint32(e.Value)))
		}
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
		expr(&m.Globals[i].Init)
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		for j := range e.Funcs {
			e.Funcs[j] = p.function(e.Funcs[j])
		}
		for j := range e.Exprs {
			expr(&e.Exprs[j])
		}
	}
}

// typeIndex finds function types by their structure.
type typeIndex map[string]uint32

func newTypeIndex(m *wasm.Module) typeIndex {
	x := make(typeIndex, len(m.Types))
	for i := range m.Types {
		if k := m.Types[i].Key(); !x.has(k) {
			x[k] = uint32(i)
		}
	}
	return x
}

func (x typeIndex) has(key string) bool {
	_, ok := x[key]
	return ok
}

// add returns the index of t, appending it when no equal type exists.
func (x typeIndex) add(m *wasm.Module, t wasm.FuncType) uint32 {
	k := t.Key()
	if !x.has(k) {
		m.Types = append(m.Types, t)
		x[k] = uint32(len(m.Types) - 1)
	}
	return x[k]
}

// addFunction appends a function.
func (p *plan) addFunction(m *wasm.Module, t wasm.FuncType, f wasm.FuncBody) {
	m.Functions = append(m.Functions, p.types.add(m, t))
	m.Codes = append(m.Codes, f)
}
