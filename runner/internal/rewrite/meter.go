package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// meter holds what ticks refer to.
type meter struct {
	fuel   uint32 // global
	refill uint32 // function
	fill   uint32 // function that stands in for a large memory.fill
	copy   uint32 // function that stands in for a large memory.copy
	ticks  int
}

// Meter makes the guest count down a hidden global and call the host when
// it is used up, so often that a bounded amount of work lies between two
// ticks.
//
// There is a tick
//   - in the header of every loop,
//   - on entry of every function that calls one, or is longer than 64 instructions,
//   - wherever a path without one would be longer than 256 instructions,
//
// and memory.fill, memory.copy, memory.init and their counterparts for tables are charged
// by their size. Large fills and copies tick as they go.
//
// The count is the same for the same input. The global starts at zero, so
// that the first tick calls the host.
func Meter(m *wasm.Module) error {
	p, err := newPlan(m)
	if err != nil {
		return err
	}
	p.addMeter(m)
	return p.apply(m)
}

// addMeter adds the global and the import, and reserves the helper functions.
func (p *plan) addMeter(m *wasm.Module) {
	at := len(m.Imports)
	refill := wasm.Import{Module: MeterModule, Name: RefillImport, Kind: wasm.ExternFunc, Type: addType(m, wasm.FuncType{})}
	// Imports that are no functions may come later: order matters per kind only.
	m.Imports = append(m.Imports[:at:at], refill)
	p.shift = 1
	p.meter = &meter{fuel: m.Space().Globals, refill: p.importAt}
	m.Globals = append(m.Globals, wasm.Global{GlobalType: wasm.GlobalType{Type: wasm.I64, Mutable: true}, Init: wasm.I64Expr(0)})
	m.Exports = append(m.Exports, wasm.Export{Name: FuelExport, Kind: wasm.ExternGlobal, Index: p.meter.fuel})
	next := p.importAt + 1 + uint32(len(m.Functions))
	if len(m.Memories) > 0 && p.survey.bulk {
		p.meter.fill, p.meter.copy = next, next+1
	}
}

// finish appends the helper functions.
func (t *meter) finish(m *wasm.Module) {
	if t.fill == 0 {
		return
	}
	typ := wasm.FuncType{Params: []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32}}
	addFunction(m, typ, t.fillBody())
	addFunction(m, typ, t.copyBody())
}

// tick takes one from the fuel and calls the host when nothing is left.
func (w *writer) tick() {
	w.meter.ticks++
	w.path = 0
	w.meter.charge(&w.out, func() { w.out.i64(1) })
}

// charge takes what amount pushes from the fuel.
func (t *meter) charge(a *asm, amount func()) {
	a.index(wasm.OpGlobalGet, t.fuel)
	amount()
	a.op(wasm.OpI64Sub)
	a.index(wasm.OpGlobalSet, t.fuel)
	a.index(wasm.OpGlobalGet, t.fuel)
	a.i64(0)
	a.op(wasm.OpI64LtS)
	a.block(wasm.OpIf)
	a.index(wasm.OpCall, t.refill)
	a.op(wasm.OpEnd)
}
