package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// meter holds what ticks refer to.
type meter struct {
	fuel   uint32 // global
	refill uint32 // imported function
	again  uint32 // function that refills for a tick that is about to be repeated
	fill   uint32 // function that stands in for a large memory.fill, 0 if unused
	copy   uint32 // function that stands in for a large memory.copy, 0 if unused
	ticks  int

	loopTick []byte // in the header of a loop without parameters
	pathTick []byte // anywhere
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
// The count depends on nothing but what the guest executes. The global starts
// at zero, so that the first tick calls the host. The host function has to set
// the global to something positive, or to end the call: a guest whose fuel stays
// negative calls it again.
func Meter(m *wasm.Module) error {
	p, err := newPlan(m)
	if err != nil {
		return err
	}
	p.addMeter(m)
	return p.apply(m)
}

// addMeter adds the global and the import, and reserves the indexes of the functions
// that finish appends.
func (p *plan) addMeter(m *wasm.Module) {
	t := &meter{fuel: m.Space().Globals, refill: p.importAt}
	m.Imports = append(m.Imports, wasm.Import{Module: MeterModule, Name: RefillImport, Kind: wasm.ExternFunc, Type: p.types.add(m, wasm.FuncType{})})
	m.Globals = append(m.Globals, wasm.Global{GlobalType: wasm.GlobalType{Type: wasm.I64, Mutable: true}, Init: wasm.I64Expr(0)})
	m.Exports = append(m.Exports, wasm.Export{Name: FuelExport, Kind: wasm.ExternGlobal, Index: t.fuel})
	t.again = p.importAt + 1 + uint32(len(m.Functions))
	if p.survey.bulk {
		t.fill, t.copy = t.again+1, t.again+2
	}
	t.prepare()
	p.shift, p.meter = 1, t
}

// functions returns how many functions finish appends.
func (t *meter) functions() uint32 {
	if t.fill != 0 {
		return 3
	}
	return 1
}

// finish appends the functions that ticks and bulk instructions call.
func (t *meter) finish(p *plan, m *wasm.Module) {
	p.addFunction(m, wasm.FuncType{}, t.againBody())
	if t.fill == 0 {
		return
	}
	typ := wasm.FuncType{Params: []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32}}
	p.addFunction(m, typ, t.fillBody())
	p.addFunction(m, typ, t.copyBody())
}
