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
	funcs     []funcFacts
	loops     int
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

// tableType is a use of call_indirect.
type tableType struct{ table, typ uint32 }

// takeSurvey walks all bodies.
func takeSurvey(m *wasm.Module) (*survey, error) {
	s := &survey{
		funcs:     make([]funcFacts, len(m.Codes)),
		refFuncs:  map[uint32]struct{}{},
		seenTypes: map[tableType]struct{}{},
	}
	v := visitor{m: m, space: m.Space(), s: s, datas: -1}
	if m.DataCount != nil {
		v.datas = int(*m.DataCount)
	}
	for i := range m.Codes {
		f := &m.Codes[i]
		v.locals = uint32(len(m.Types[m.Functions[i]].Params)) + f.NumLocals()
		if err := v.function(f, i); err != nil {
			return nil, err
		}
	}
	return s, nil
}

type visitor struct {
	m      *wasm.Module
	space  wasm.Space
	s      *survey
	datas  int
	locals uint32
	frames []wasm.Opcode
}

func (v *visitor) function(f *wasm.FuncBody, index int) error {
	facts := &v.s.funcs[index]
	c := wasm.NewCode(f, index)
	v.frames = append(v.frames[:0], wasm.OpBlock)
	straight := true
	for c.Next() {
		if len(v.frames) == 0 {
			c.Fail(wasm.Malformed, "instructions behind the end of the function")
			break
		}
		facts.instrs++
		switch op := c.Op; op {
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
			if c.A >= v.locals {
				c.Fail(wasm.Malformed, "local %d of %d", c.A, v.locals)
			}
		case wasm.OpGlobalGet, wasm.OpGlobalSet:
			if c.A >= v.space.Globals {
				c.Fail(wasm.Malformed, "global %d of %d", c.A, v.space.Globals)
			}
		case wasm.OpCall:
			facts.calls, straight = true, false
			if c.A >= v.space.Functions {
				c.Fail(wasm.Malformed, "function %d of %d", c.A, v.space.Functions)
			}
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpElse, wasm.OpEnd, wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable, wasm.OpReturn, wasm.OpUnreachable:
			if straight && op != wasm.OpBlock {
				straight = false
				facts.loopFirst = op == wasm.OpLoop
			}
			v.control(&c)
		case wasm.OpCallIndirect:
			facts.calls, straight = true, false
			v.indirect(&c)
		default:
			if op >= wasm.OpRefNull || op == wasm.OpTableGet || op == wasm.OpTableSet {
				v.rare(&c)
			}
		}
	}
	if len(v.frames) > 0 {
		c.Fail(wasm.Malformed, "the function ends within a block")
	}
	return c.Err()
}

func (v *visitor) control(c *wasm.Code) {
	switch c.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		if c.Op == wasm.OpLoop {
			v.s.loops++
		}
		if c.Const >= int64(len(v.m.Types)) {
			c.Fail(wasm.Malformed, "block type %d of %d", c.Const, len(v.m.Types))
		}
		if len(v.frames) >= wasm.MaxNesting {
			c.Fail(wasm.TooLarge, "blocks nested deeper than %d", wasm.MaxNesting)
		}
		v.frames = append(v.frames, c.Op)
	case wasm.OpElse:
		if v.frames[len(v.frames)-1] != wasm.OpIf {
			c.Fail(wasm.Malformed, "else without if")
		}
		v.frames[len(v.frames)-1] = wasm.OpElse
	case wasm.OpEnd:
		v.frames = v.frames[:len(v.frames)-1]
	case wasm.OpBr, wasm.OpBrIf:
		v.label(c, c.A)
	case wasm.OpBrTable:
		c.Targets(func(l uint32) { v.label(c, l) })
	}
}

func (v *visitor) label(c *wasm.Code, l uint32) {
	if l >= uint32(len(v.frames)) {
		c.Fail(wasm.Malformed, "label %d of %d", l, len(v.frames))
	}
}

func (v *visitor) indirect(c *wasm.Code) {
	v.s.indirect++
	if c.A >= uint32(len(v.m.Types)) {
		c.Fail(wasm.Malformed, "type %d of %d", c.A, len(v.m.Types))
		return
	}
	v.table(c, c.B)
	use := tableType{c.B, c.A}
	if _, ok := v.s.seenTypes[use]; !ok {
		v.s.seenTypes[use] = struct{}{}
		v.s.callTypes = append(v.s.callTypes, use)
	}
}

func (v *visitor) table(c *wasm.Code, table uint32) {
	if table >= v.space.Tables {
		c.Fail(wasm.Malformed, "table %d of %d", table, v.space.Tables)
	}
}

// rare checks the instructions that most modules use seldom or never.
func (v *visitor) rare(c *wasm.Code) {
	switch c.Op {
	case wasm.OpTableGet:
		v.table(c, c.A)
		v.s.tableOp = c.Op
	case wasm.OpTableSize:
		v.table(c, c.A)
	case wasm.OpTableSet, wasm.OpTableGrow, wasm.OpTableFill:
		v.table(c, c.A)
		v.s.tableOp, v.s.stateOp = c.Op, c.Op
	case wasm.OpTableCopy:
		v.table(c, c.A)
		v.table(c, c.B)
		v.s.tableOp, v.s.stateOp = c.Op, c.Op
	case wasm.OpTableInit:
		v.element(c)
		v.table(c, c.B)
		v.s.tableOp, v.s.stateOp = c.Op, c.Op
	case wasm.OpElemDrop:
		v.element(c)
		v.s.tableOp, v.s.stateOp = c.Op, c.Op
	case wasm.OpMemoryInit, wasm.OpDataDrop:
		v.s.dataOps = true
		if c.Op == wasm.OpDataDrop {
			v.s.stateOp = c.Op
		}
		if int64(c.A) >= int64(v.datas) {
			c.Fail(wasm.Malformed, "data segment %d of %d", c.A, max(v.datas, 0))
		}
	case wasm.OpMemoryCopy, wasm.OpMemoryFill:
		v.s.bulk = true
	case wasm.OpRefFunc:
		if c.A >= v.space.Functions {
			c.Fail(wasm.Malformed, "function %d of %d", c.A, v.space.Functions)
		}
		v.s.refFuncs[c.A] = struct{}{}
	}
}

func (v *visitor) element(c *wasm.Code) {
	if c.A >= uint32(len(v.m.Elements)) {
		c.Fail(wasm.Malformed, "element segment %d of %d", c.A, len(v.m.Elements))
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
