//go:build linux && !wafer_portable

package code

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// selfTest replaces the code of a small husk and calls it. It returns the
// machine code, which stands for the compiler that made it.
func selfTest(ctx context.Context, config wazero.RuntimeConfig) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("code: testing husks: %w", err) }
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	defer rt.Close(ctx)
	m := testModule()
	full, err := rt.CompileModule(ctx, m.Encode())
	if err != nil {
		return fail(err)
	}
	from, err := dissect(full)
	if err != nil {
		return fail(err)
	}
	machineCode := bytes.Clone(*from.code)
	h := newHusk(m, nil)
	husk, err := rt.CompileModule(ctx, h.wasm)
	if err != nil {
		return fail(err)
	}
	to, err := dissect(husk)
	if err != nil {
		return fail(err)
	}
	code, err := copyCode(bytes.NewReader(machineCode), len(machineCode))
	if err != nil {
		return fail(err)
	}
	var offsets []int
	for _, fn := range h.kept {
		offsets = append(offsets, (*from.offsets)[fn])
	}
	if err := to.replace(code, offsets); err != nil {
		return fail(err)
	}
	in, err := rt.InstantiateModule(ctx, husk, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return fail(err)
	}
	got, err := in.ExportedFunction("test").Call(ctx, 40)
	if err != nil {
		return fail(err)
	}
	if len(got) != 1 || got[0] != 42 {
		return fail(fmt.Errorf("got %d, want 42", got))
	}
	if _, err := in.ExportedFunction("trap").Call(ctx); err == nil {
		return fail(errors.New("no trap"))
	}
	return machineCode, nil
}

// testModule exports test, which adds two by way of a global, memory, a table
// and another function, and trap.
func testModule() *wasm.Module {
	const (
		unary = iota // (i32) -> i32
		nullary
	)
	body := func(b ...byte) wasm.FuncBody { return wasm.FuncBody{Body: append(b, 0x0b)} }
	return &wasm.Module{
		Types:     []wasm.FuncType{{Params: []wasm.ValueType{wasm.I32}, Results: []wasm.ValueType{wasm.I32}}, {}},
		Functions: []uint32{nullary, unary, unary},
		Tables:    []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Globals:   []wasm.Global{{GlobalType: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.I32Expr(1)}},
		Exports:   []wasm.Export{{Name: "trap", Index: 0}, {Name: "test", Index: 2}},
		Elements:  []wasm.Element{{Offset: wasm.I32Expr(0), Type: wasm.FuncRef, Funcs: []uint32{1}}},
		Codes: []wasm.FuncBody{
			body(0x00),                   // unreachable
			body(0x20, 0, 0x23, 0, 0x6a), // local.get 0, global.get 0, i32.add
			body(
				0x41, 0, 0x20, 0, 0x36, 2, 0, // i32.const 0, local.get 0, i32.store
				0x41, 0, 0x28, 2, 0, // i32.const 0, i32.load
				0x41, 0, 0x11, unary, 0, // i32.const 0, call_indirect
				0x10, 1, // call 1
			),
		},
	}
}
