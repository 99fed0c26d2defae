package rewrite

import (
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// survey is what the passes need to know about all bodies before they change one.
//
// Taking it also checks every index and the nesting of every body. That is more than
// good manners: rewriting appends globals, locals and functions, and an index that was out
// of range would reach them.
type survey struct {
	spans     []span
	funcs     []funcFacts
	loops     []loopFacts // in the order of the code
	indirect  int
	tableOp   wasm.Opcode // an instruction that needs tables as they are, or 0
	stateOp   wasm.Opcode // an instruction that changes tables or segments, or 0
	dataOps   bool        // memory.init or data.drop
	bulk      bool        // memory.fill or memory.copy
	refFuncs  map[uint32]struct{}
	callTypes []tableType // of call_indirect, in order of first use
	seenTypes map[tableType]struct{}
}

// funcFacts are what metering wants to know about a function.
type funcFacts struct {
	instrs    int
	calls     bool
	loopFirst bool // the first thing that is not straight-line code is a loop
}

// loopFacts are what metering wants to know about a loop.
type loopFacts struct {
	quiet     bool // calls nothing that could take fuel
	innermost bool // contains no loop
}

// openBlock is a block that the walk is in.
type openBlock struct {
	op   wasm.Opcode
	loop int // number of the innermost loop around or at it, or -1
}

// tableType is a use of call_indirect.
type tableType struct{ table, typ uint32 }

// takeSurvey walks all bodies, a span at a time.
func takeSurvey(m *wasm.Module) (*survey, error) {
	s := newSurvey(make([]funcFacts, len(m.Codes)))
	s.spans = spansOf(m)
	parts := make([]*survey, len(s.spans))
	if err := eachSpan(s.spans, func(i int) error {
		parts[i] = newSurvey(s.funcs)
		return parts[i].take(m, s.spans[i])
	}); err != nil {
		return nil, err
	}
	for i, part := range parts {
		s.spans[i].loop = len(s.loops)
		s.add(part)
	}
	return s, nil
}

func newSurvey(funcs []funcFacts) *survey {
	return &survey{funcs: funcs, refFuncs: map[uint32]struct{}{}, seenTypes: map[tableType]struct{}{}}
}

// take walks the bodies of a span.
func (s *survey) take(m *wasm.Module, sp span) error {
	v := visitor{m: m, space: m.Space(), s: s, datas: -1}
	if m.DataCount != nil {
		v.datas = int(*m.DataCount)
	}
	for i := sp.from; i < sp.to; i++ {
		f := &m.Codes[i]
		v.locals = uint32(len(m.Types[m.Functions[i]].Params)) + f.NumLocals()
		if err := v.function(f, i); err != nil {
			return err
		}
	}
	return nil
}

// add adds the survey of the next span.
func (s *survey) add(next *survey) {
	s.loops = append(s.loops, next.loops...)
	s.indirect += next.indirect
	if next.tableOp != 0 {
		s.tableOp = next.tableOp
	}
	if next.stateOp != 0 {
		s.stateOp = next.stateOp
	}
	s.dataOps = s.dataOps || next.dataOps
	s.bulk = s.bulk || next.bulk
	for f := range next.refFuncs {
		s.refFuncs[f] = struct{}{}
	}
	for _, use := range next.callTypes {
		s.useType(use)
	}
}

// useType notes a use of call_indirect.
func (s *survey) useType(use tableType) {
	if _, ok := s.seenTypes[use]; !ok {
		s.seenTypes[use] = struct{}{}
		s.callTypes = append(s.callTypes, use)
	}
}

// stateOpName returns the name of an instruction on tables or segments.
func stateOpName(op wasm.Opcode) string {
	switch op {
	case wasm.OpTableGet:
		return "table.get"
	case wasm.OpTableSet:
		return "table.set"
	case wasm.OpTableGrow:
		return "table.grow"
	case wasm.OpTableFill:
		return "table.fill"
	case wasm.OpTableCopy:
		return "table.copy"
	case wasm.OpTableInit:
		return "table.init"
	case wasm.OpElemDrop:
		return "elem.drop"
	case wasm.OpDataDrop:
		return "data.drop"
	}
	return "opcode " + op.String()
}
