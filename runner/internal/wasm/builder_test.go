package wasm_test

import "github.com/wafer-run/wafer/runner/internal/wasm"

// raw puts binaries together byte by byte, also wrong ones.
type raw []byte

func header() raw { return raw{0, 'a', 's', 'm', 1, 0, 0, 0} }

// section appends a section with its true length.
func (r raw) section(id byte, content ...byte) raw {
	r = append(r, id)
	r = wasm.AppendU32(r, uint32(len(content)))
	return append(r, content...)
}

// function returns a module of one function of type () -> () with that body, which gets a
// final end, and no locals.
func function(body ...byte) raw {
	body = append(append([]byte{0}, body...), 0x0b)
	code := wasm.AppendU32([]byte{1}, uint32(len(body)))
	return header().section(1, 1, 0x60, 0, 0).section(3, 1, 0).section(10, append(code, body...)...)
}

// full uses everything that a module can hold.
func full() *wasm.Module {
	start, datas := uint32(1), uint32(3)
	return &wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValueType{wasm.I32, wasm.I64}, Results: []wasm.ValueType{wasm.F32, wasm.F64}},
			{},
			{Params: []wasm.ValueType{wasm.V128, wasm.FuncRef, wasm.ExternRef}},
		},
		Imports: []wasm.Import{
			{Module: "env", Name: "f", Kind: wasm.ExternFunc, Type: 1},
			{Module: "env", Name: "t", Kind: wasm.ExternTable, Table: wasm.Table{Type: wasm.ExternRef, Limits: wasm.Limits{Min: 1, Max: 2, HasMax: true}}},
			{Module: "env", Name: "g", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}},
		},
		Functions: []uint32{1, 2},
		Tables:    []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 10}}},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1, Max: 65536, HasMax: true}}},
		Globals: []wasm.Global{
			{GlobalType: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.I32Expr(-1 << 31)},
			{GlobalType: wasm.GlobalType{Type: wasm.I64}, Init: wasm.I64Expr(-1 << 63)},
			{GlobalType: wasm.GlobalType{Type: wasm.F32}, Init: wasm.ConstExpr{Op: wasm.OpF32Const, Value: 0xffffffff}},
			{GlobalType: wasm.GlobalType{Type: wasm.F64}, Init: wasm.ConstExpr{Op: wasm.OpF64Const, Value: 1 << 63}},
			{GlobalType: wasm.GlobalType{Type: wasm.V128}, Init: wasm.ConstExpr{Op: wasm.OpV128Const, Value: 1, High: 2}},
			{GlobalType: wasm.GlobalType{Type: wasm.FuncRef}, Init: wasm.ConstExpr{Op: wasm.OpRefFunc, Value: 2}},
			{GlobalType: wasm.GlobalType{Type: wasm.ExternRef}, Init: wasm.ConstExpr{Op: wasm.OpRefNull, Value: uint64(wasm.ExternRef)}},
			{GlobalType: wasm.GlobalType{Type: wasm.I32}, Init: wasm.ConstExpr{Op: wasm.OpGlobalGet, Value: 0}},
		},
		Exports: []wasm.Export{
			{Name: "", Kind: wasm.ExternFunc, Index: 2}, {Name: "é", Kind: wasm.ExternTable, Index: 1},
			{Name: "m", Kind: wasm.ExternMemory}, {Name: "g", Kind: wasm.ExternGlobal, Index: 8},
		},
		Start: &start,
		Elements: []wasm.Element{
			{Table: 1, Offset: wasm.I32Expr(3), Type: wasm.FuncRef, Funcs: []uint32{0, 1, 2}},
			{Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: []uint32{2}},
			{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{1}},
			{Table: 0, Offset: wasm.I32Expr(0), Type: wasm.ExternRef, UseExprs: true, Exprs: []wasm.ConstExpr{{Op: wasm.OpRefNull, Value: uint64(wasm.ExternRef)}}},
			{Table: 1, Offset: wasm.I32Expr(0), Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.ConstExpr{{Op: wasm.OpRefFunc, Value: 1}}},
			{Mode: wasm.Passive, Type: wasm.ExternRef, UseExprs: true},
			{Mode: wasm.Declarative, Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.ConstExpr{{Op: wasm.OpRefNull, Value: uint64(wasm.FuncRef)}}},
		},
		DataCount: &datas,
		Codes: []wasm.FuncBody{
			{Locals: []wasm.LocalRun{{Count: 2, Type: wasm.I32}, {Count: 300, Type: wasm.V128}}, Body: []byte{0x01, 0x0b}},
			{Body: []byte{0x0b}},
		},
		Datas: []wasm.Data{
			{Offset: wasm.I32Expr(65535), Init: []byte("abc")},
			{Mode: wasm.Passive, Init: make([]byte, 200)},
			{Offset: wasm.ConstExpr{Op: wasm.OpGlobalGet, Value: 0}},
		},
		Customs: []wasm.Custom{{Name: "name", Data: []byte{0, 2, 1, 'x'}}, {Name: "", Data: []byte{1}}},
	}
}
