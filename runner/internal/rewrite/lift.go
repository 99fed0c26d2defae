package rewrite

import (
	"fmt"
	"slices"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

const (
	// maxLift is the largest number of table entries, all tables together, that
	// dispatchers are made for.
	maxLift = 1 << 18
	// maxDispatch is the largest size of all dispatchers together, in bytes, to which a
	// quarter of the size of all bodies is added.
	maxDispatch = 1 << 18
)

// lift holds the tables while call_indirect is replaced.
type lift struct {
	tables      [][]int64 // new function index per slot, or -1
	types       []uint32  // type index of each function, new numbering
	dispatchers map[tableType]uint32
	order       []*dispatcher
	trap        uint32 // function in the only slot of the trap table
	next        uint32 // index of the next function
	refs        []uint32
	entries     int
	functions   int
	bytes       int
}

// LiftTable replaces tables by code: call_indirect becomes a call of a function
// that branches on the index, and the entries go away. Filling a table is most of what
// instantiating a large module costs.
//
// It returns why the tables stay, or "" when they went or there were none.
//
// The module keeps a table of one entry, which only serves to trap: an index without a
// function, or with one of another type, fails as it did before.
func LiftTable(m *wasm.Module) (kept string, err error) {
	p, err := newPlan(m)
	if err != nil {
		return "", err
	}
	if kept = p.addLift(m); kept != "" {
		return kept, nil
	}
	return "", p.apply(m)
}

// addLift decides whether tables can go. It runs behind addMeter, so
// that function indexes are final.
func (p *plan) addLift(m *wasm.Module) (kept string) {
	if len(m.Tables) == 0 {
		return ""
	}
	if kept = p.keepTables(m); kept != "" {
		return kept
	}
	l := &lift{dispatchers: map[tableType]uint32{}}
	for i := range m.Tables {
		slots := make([]int64, m.Tables[i].Min)
		for j := range slots {
			slots[j] = -1
		}
		l.tables = append(l.tables, slots)
	}
	for i := range m.Elements {
		if kept = p.fill(l, &m.Elements[i]); kept != "" {
			return fmt.Sprintf("element segment %d %s", i, kept)
		}
	}
	l.types = m.FuncTypeIndexes()
	l.next = uint32(len(l.types))
	if p.meter != nil {
		l.next += p.meter.functions()
	}
	if kept = l.build(m, p.types, p.survey.callTypes); kept != "" {
		return kept
	}
	for f := range p.survey.refFuncs {
		l.refs = append(l.refs, p.function(f))
	}
	slices.Sort(l.refs)
	p.lift = l
	return ""
}

// keepTables says what could see or change a table other than call_indirect.
func (p *plan) keepTables(m *wasm.Module) string {
	for i := range m.Imports {
		if m.Imports[i].Kind == wasm.ExternTable {
			return fmt.Sprintf("table %q %q is imported", m.Imports[i].Module, m.Imports[i].Name)
		}
	}
	for _, e := range m.Exports {
		if e.Kind == wasm.ExternTable {
			return fmt.Sprintf("table %d is exported as %q", e.Index, e.Name)
		}
	}
	if op := p.survey.tableOp; op != 0 {
		return "a function uses " + stateOpName(op)
	}
	total := uint64(0)
	for i := range m.Tables {
		if total += uint64(m.Tables[i].Min); total > maxLift {
			return fmt.Sprintf("tables of %d entries, limit %d", total, maxLift)
		}
	}
	return ""
}

// fill enters an active segment.
func (p *plan) fill(l *lift, e *wasm.Element) (kept string) {
	if e.Mode != wasm.Active {
		return ""
	}
	if e.Offset.Op != wasm.OpI32Const {
		return "has no constant offset"
	}
	slots := l.tables[e.Table]
	at, n := uint64(uint32(e.Offset.Value)), uint64(e.Len())
	if at+n > uint64(len(slots)) {
		return "is out of range" // instantiation fails, and says so
	}
	slots = slots[at : at+n]
	for i, f := range e.Funcs {
		slots[i] = int64(p.function(f))
	}
	for i, x := range e.Exprs {
		switch x.Op {
		case wasm.OpRefFunc:
			slots[i] = int64(p.function(uint32(x.Value)))
		case wasm.OpRefNull:
			slots[i] = -1
		default:
			return "has items that are not constant"
		}
	}
	return ""
}

// build makes a dispatcher for every type that is called.
func (l *lift) build(m *wasm.Module, types typeIndex, uses []tableType) (kept string) {
	for _, slots := range l.tables {
		for _, f := range slots {
			if f >= 0 {
				l.entries++
			}
		}
	}
	// Types are compared by structure: equal types share the dispatcher.
	canon := make([]uint32, len(m.Types))
	for i := range m.Types {
		canon[i] = types[m.Types[i].Key()]
	}
	l.trap = l.next
	l.next++
	limit := maxDispatch
	for i := range m.Codes {
		limit += len(m.Codes[i].Body) / 4
	}
	for _, use := range uses {
		key := tableType{use.table, canon[use.typ]}
		if d, ok := l.dispatchers[key]; ok {
			l.dispatchers[use] = d
			continue
		}
		d := newDispatcher(l, m.Types[key.typ], key, canon)
		l.bytes += len(l.tables[use.table]) / 8 // bounds the work as well
		l.order = append(l.order, d)
		l.dispatchers[key], l.dispatchers[use] = d.index, d.index
		if l.bytes > limit {
			return fmt.Sprintf("dispatchers would take more than %d bytes", limit)
		}
	}
	return ""
}

// dispatcher returns the function that stands in for call_indirect.
func (l *lift) dispatcher(use tableType) uint32 { return l.dispatchers[use] }

// size returns the number of entries of a table.
func (l *lift) size(table uint32) uint32 { return uint32(len(l.tables[table])) }

// finish appends the dispatchers and replaces tables and elements.
func (l *lift) finish(p *plan, m *wasm.Module) {
	m.Tables, m.Elements = nil, nil
	if len(l.order) > 0 {
		var trap asm
		trap.ops(wasm.OpUnreachable, wasm.OpEnd)
		p.addFunction(m, wasm.FuncType{}, wasm.FuncBody{Body: trap})
		void, other := p.types.add(m, wasm.FuncType{}), p.types.add(m, wasm.FuncType{Params: []wasm.ValueType{wasm.I32}})
		for _, d := range l.order {
			d.finish(p, m, void, other)
			l.functions += len(d.bodies)
		}
		m.Tables = []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 1, Max: 1, HasMax: true}}}
		m.Elements = []wasm.Element{{Offset: wasm.I32Expr(0), Type: wasm.FuncRef, Funcs: []uint32{l.trap}}}
	}
	if len(l.refs) > 0 {
		// ref.func needs its function to be declared outside of bodies.
		m.Elements = append(m.Elements, wasm.Element{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: l.refs})
	}
}
