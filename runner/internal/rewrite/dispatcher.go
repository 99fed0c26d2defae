package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// blockBits is how many low bits of an index the second level of a dispatcher
// branches on.
const blockBits = 10

// Slots of a br_table that are no function.
const (
	slotEmpty = -1 // no function, or out of range
	slotOther = -2 // a function of another type
)

// dispatcher is the code that stands in for call_indirect on one table with one type.
// With (params) -> (results) as the type, its functions are (params, i32) ->
// (results), the i32 being the index.
type dispatcher struct {
	typ    wasm.FuncType
	index  uint32 // function to call, the last of bodies
	bodies [][]int64
	high   bool // the last body branches on the high bits
}

// newDispatcher collects the targets of every level.
func newDispatcher(l *lift, typ wasm.FuncType, key tableType, canon []uint32) *dispatcher {
	d := &dispatcher{typ: typ}
	slots := l.tables[key.table]
	target := func(f int64) int64 {
		if f >= 0 && canon[l.types[f]] != key.typ {
			return slotOther
		}
		return f
	}
	var top []int64
	for lo := 0; lo < len(slots); lo += 1 << blockBits {
		hi := min(lo+1<<blockBits, len(slots))
		block := make([]int64, hi-lo)
		for i, f := range slots[lo:hi] {
			block[i] = target(f)
		}
		if same, ok := uniform(block); ok && same < 0 && hi-lo == 1<<blockBits {
			top = append(top, same)
			continue
		}
		top = append(top, int64(l.next))
		d.add(l, block)
	}
	if len(slots) > 1<<blockBits {
		d.high = true
		d.add(l, top)
	} else if len(d.bodies) == 0 {
		d.add(l, nil)
	}
	d.index = l.next - 1
	return d
}

func (d *dispatcher) add(l *lift, targets []int64) {
	d.bodies = append(d.bodies, targets)
	l.next++
	l.bytes += 16 + len(targets)*(6+2*len(d.typ.Params))
}

// uniform reports whether all targets are the same.
func uniform(targets []int64) (int64, bool) {
	for _, t := range targets {
		if t != targets[0] {
			return 0, false
		}
	}
	return targets[0], true
}

// finish appends the functions.
func (d *dispatcher) finish(p *plan, m *wasm.Module, void, other uint32) {
	params := append(append([]wasm.ValueType{}, d.typ.Params...), wasm.I32)
	typ := wasm.FuncType{Params: params, Results: d.typ.Results}
	for i, targets := range d.bodies {
		high := d.high && i == len(d.bodies)-1
		p.addFunction(m, typ, wasm.FuncBody{Body: d.body(targets, high, void, other)})
	}
}

// body branches on one level of the index. Blocks are nested so that each function's
// call follows the end of its block; the two traps come last.
func (d *dispatcher) body(targets []int64, high bool, void, other uint32) asm {
	index := uint32(len(d.typ.Params))
	args := index // parameters passed on
	if high {
		args++
	}
	var calls []uint32
	label := make(map[int64]uint32, len(targets))
	for _, t := range targets {
		if _, ok := label[t]; !ok && t >= 0 {
			label[t] = uint32(len(calls))
			calls = append(calls, uint32(t))
		}
	}
	n := uint32(len(calls))
	label[slotEmpty], label[slotOther] = n, n+1
	var a asm
	for range n + 2 {
		a.block(wasm.OpBlock)
	}
	a.index(wasm.OpLocalGet, index)
	if high {
		a.i32(blockBits)
		a.op(wasm.OpI32ShrU)
	} else if d.high {
		a.i32(1<<blockBits - 1)
		a.op(wasm.OpI32And)
	}
	a.index(wasm.OpBrTable, uint32(len(targets)))
	for _, t := range targets {
		a = wasm.AppendU32(a, label[t])
	}
	a = wasm.AppendU32(a, label[slotEmpty])
	for _, f := range calls {
		a.op(wasm.OpEnd)
		for p := range args {
			a.index(wasm.OpLocalGet, p)
		}
		a.index(wasm.OpCall, f)
		a.op(wasm.OpReturn)
	}
	a.op(wasm.OpEnd)
	trapEmpty(&a, void)
	a.op(wasm.OpEnd)
	trapOther(&a, other)
	a.op(wasm.OpEnd)
	return a
}

// trapEmpty traps as call_indirect does on an index without a function: slot
// 1 of the trap table does not exist.
func trapEmpty(a *asm, void uint32) {
	a.i32(1)
	a.index(wasm.OpCallIndirect, void)
	*a = append(*a, 0)
	a.op(wasm.OpUnreachable)
}

// trapOther traps as call_indirect does on a function of another type: slot
// 0 of the trap table has no parameter.
func trapOther(a *asm, other uint32) {
	a.i32(0)
	a.i32(0)
	a.index(wasm.OpCallIndirect, other)
	*a = append(*a, 0)
	a.op(wasm.OpUnreachable)
}
