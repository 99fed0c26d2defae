package code

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// probe is a module with a bit of everything that the rewriter changes and
// that code and its module have to agree on. Its export test adds two to its
// argument, trap traps.
func probe() *wasm.Module {
	const (
		unary   = iota // (i32) -> i32
		nullary        // () -> ()
	)
	passive := uint32(2)
	start := uint32(7)
	body := func(b ...byte) wasm.FuncBody { return wasm.FuncBody{Body: append(b, 0x0b)} }
	return &wasm.Module{
		Types:     []wasm.FuncType{{Params: []wasm.ValueType{wasm.I32}, Results: []wasm.ValueType{wasm.I32}}, {}},
		Functions: []uint32{nullary, unary, unary, unary, unary, unary, unary, nullary},
		Tables:    []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 2}}},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Globals:   []wasm.Global{{GlobalType: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.I32Expr(0)}},
		Exports:   []wasm.Export{{Name: "trap", Index: 0}, {Name: "test", Index: 2}, {Name: "branch", Index: 5}},
		Start:     &start,
		Elements:  []wasm.Element{{Offset: wasm.I32Expr(0), Type: wasm.FuncRef, Funcs: []uint32{1}}},
		Datas:     []wasm.Data{{Offset: wasm.I32Expr(8), Init: []byte("active")}, {Mode: wasm.Passive, Init: []byte("passive")}},
		DataCount: &passive,
		Customs:   []wasm.Custom{{Name: "custom"}},
		Codes: []wasm.FuncBody{
			body(0x00),                   // unreachable
			body(0x20, 0, 0x23, 0, 0x6a), // local.get 0, global.get 0, i32.add
			body(
				0x41, 0, 0x20, 0, 0x36, 2, 0, // i32.const 0, local.get 0, i32.store
				0x41, 0, 0x28, 2, 0, // i32.const 0, i32.load
				0x41, 0, 0x11, unary, 0, // i32.const 0, call_indirect
				0x10, 1, // call 1
			),
			body(0x03, 0x40, // loop
				0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, // local.get 0, i32.const 1, i32.sub, local.tee 0, br_if 0
				0x0b, 0x20, 0), // end, local.get 0
			body(
				0x41, 0, 0x41, 0, 0x20, 0, 0xfc, 11, 0, // memory.fill
				0x41, 0, 0x41, 0, 0x20, 0, 0xfc, 10, 0, 0, // memory.copy
				0x41, 0, 0x41, 0, 0x20, 0, 0xfc, 8, 1, 0, // memory.init 1
				0xfc, 9, 1, 0x20, 0), // data.drop 1
			body(0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 1, 0, 1, 0x0b, 0x0b, 0x20, 0, 0x10, 4), // br_table in two blocks
			body(append(bytes.Repeat([]byte{0x20, 0, 0x1a}, 300), 0x20, 0)...),                 // long
			body(0x41, 1, 0x24, 0), // the start function sets the global
		},
	}
}

// layoutID names what is kept of modules: the form of the manifest, and what
// the rewriter makes of the probe. Files of other versions have other names.
func layoutID() (string, error) {
	r, err := rewrite.Rewrite(probe().Encode(), rewrite.Options{})
	if err != nil {
		return "", fmt.Errorf("code: rewriting probe: %w", err)
	}
	form, err := json.Marshal(manifest{})
	if err != nil {
		return "", fmt.Errorf("code: encoding manifest: %w", err)
	}
	h := sha256.New()
	h.Write(form)
	h.Write(r.Wasm)
	fmt.Fprintln(h, rewrite.MaxEntries, rewrite.MaxGlobals)
	for _, g := range r.Globals {
		fmt.Fprintln(h, g)
	}
	for _, s := range r.Segments {
		fmt.Fprintln(h, s)
	}
	return fmt.Sprintf("v%d-%x", formatVersion, h.Sum(nil)[:8]), nil
}
