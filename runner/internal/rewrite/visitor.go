package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// visitor takes the survey, one body after the other.
type visitor struct {
	m      *wasm.Module
	space  wasm.Space
	s      *survey
	datas  int
	locals uint32
	// declared is filled on the first ref.func.
	declared map[uint32]struct{}

	frames []openBlock
	// constEnd is the end of the last i32.const, and constant its value.
	constEnd int
	constant int64
}

func (v *visitor) function(f *wasm.FuncBody, index int) error {
	facts := &v.s.funcs[index]
	c := wasm.NewCode(f, index)
	v.frames = append(v.frames[:0], openBlock{wasm.OpBlock, -1})
	v.constEnd = -1
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
			v.noise()
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
			v.noise()
			v.indirect(&c)
		case wasm.OpI32Const:
			v.constEnd, v.constant = c.End, c.Const
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
	top := &v.frames[len(v.frames)-1]
	switch c.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		loop := top.loop
		if c.Op == wasm.OpLoop {
			if loop >= 0 {
				v.s.loops[loop].innermost = false
			}
			loop = len(v.s.loops)
			v.s.loops = append(v.s.loops, loopFacts{quiet: true, innermost: true})
		}
		if c.Const >= int64(len(v.m.Types)) {
			c.Fail(wasm.Malformed, "block type %d of %d", c.Const, len(v.m.Types))
		}
		if len(v.frames) >= wasm.MaxNesting {
			c.Fail(wasm.TooLarge, "blocks nested deeper than %d", wasm.MaxNesting)
		}
		v.frames = append(v.frames, openBlock{c.Op, loop})
	case wasm.OpElse:
		if top.op != wasm.OpIf {
			c.Fail(wasm.Malformed, "else without if")
		}
		top.op = wasm.OpElse
	case wasm.OpEnd:
		ended := *top
		v.frames = v.frames[:len(v.frames)-1]
		if ended.op == wasm.OpLoop && !v.s.loops[ended.loop].quiet {
			v.noise()
		}
	case wasm.OpBr, wasm.OpBrIf:
		v.label(c, c.A)
	case wasm.OpBrTable:
		c.Targets(func(l uint32) { v.label(c, l) })
	}
}

// noise notes that the current instruction may call something that takes fuel.
func (v *visitor) noise() {
	if n := len(v.frames); n > 0 && v.frames[n-1].loop >= 0 {
		v.s.loops[v.frames[n-1].loop].quiet = false
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
	if tables := v.m.Tables; c.B < uint32(len(tables)) && len(tables) == int(v.space.Tables) && tables[c.B].Type != wasm.FuncRef {
		c.Fail(wasm.Malformed, "call_indirect on a table of %s", tables[c.B].Type)
	}
	v.s.useType(tableType{c.B, c.A})
}

func (v *visitor) table(c *wasm.Code, table uint32) {
	if table >= v.space.Tables {
		c.Fail(wasm.Malformed, "table %d of %d", table, v.space.Tables)
	}
}

// rare checks the instructions that most modules use seldom or never.
func (v *visitor) rare(c *wasm.Code) {
	if chargedBySize(c.Op) && !(v.constEnd == c.Start && isSmall(c.Op, v.constant)) {
		v.noise()
	}
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
		if !v.isDeclared(c.A) {
			c.Fail(wasm.Malformed, "function %d is referred to without being declared", c.A)
		}
		v.s.refFuncs[c.A] = struct{}{}
	}
}

// isDeclared reports whether a function occurs outside of bodies, without which ref.func
// may not refer to it. Lifting declares what is referred to anew.
func (v *visitor) isDeclared(f uint32) bool {
	if v.declared == nil {
		v.declared = map[uint32]struct{}{}
		expr := func(e wasm.ConstExpr) {
			if e.Op == wasm.OpRefFunc {
				v.declared[uint32(e.Value)] = struct{}{}
			}
		}
		for _, e := range v.m.Exports {
			if e.Kind == wasm.ExternFunc {
				v.declared[e.Index] = struct{}{}
			}
		}
		for i := range v.m.Globals {
			expr(v.m.Globals[i].Init)
		}
		for i := range v.m.Elements {
			for _, f := range v.m.Elements[i].Funcs {
				v.declared[f] = struct{}{}
			}
			for _, x := range v.m.Elements[i].Exprs {
				expr(x)
			}
		}
	}
	_, ok := v.declared[f]
	return ok
}

func (v *visitor) element(c *wasm.Code) {
	if c.A >= uint32(len(v.m.Elements)) {
		c.Fail(wasm.Malformed, "element segment %d of %d", c.A, len(v.m.Elements))
	}
}
