package engine

import (
	"bytes"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestBrokenHead has a guest write a large head that breaks off at its end, which it
// may do again and again: it pays for having it read.
func TestBrokenHead(t *testing.T) {
	const size = maxFrame
	pair := []byte{byte(abi.TagHeader), 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}
	frame := bytes.Repeat(pair, size/len(pair)) // and four bytes of another
	i32 := wasm.I32
	body := []byte{0x41, 2, 0x41, 0, 0x41}
	body = append(wasm.AppendI64(body, size), 0x10, 0, 0x1a, 0x41, 0, 0x0b)
	m := &wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValueType{i32, i32}, Results: []wasm.ValueType{i32}},
			{Params: []wasm.ValueType{i32, i32, i32}, Results: []wasm.ValueType{i32}},
		},
		Imports:   []wasm.Import{{Module: abi.Module, Name: abi.ImportResponseWrite, Kind: wasm.ExternFunc, Type: 1}},
		Functions: []uint32{0},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: size >> 16}}},
		Exports:   []wasm.Export{{Name: abi.ExportMemory, Kind: wasm.ExternMemory}, {Name: abi.ExportCall, Kind: wasm.ExternFunc, Index: 1}},
		Codes:     []wasm.FuncBody{{Body: body}},
		Datas:     []wasm.Data{{Offset: wasm.I32Expr(0), Init: frame}},
	}
	in := instancesOf(t, m.Encode())()
	defer in.Close()
	c := &Call{Kind: abi.KindHTTP, HTTP: sink{}}
	if _, err := in.Call(c); err != nil {
		t.Fatal(err)
	}
	if c.headSent || c.Ticks < size>>workShift {
		t.Errorf("%d ticks, taken: %t", c.Ticks, c.headSent)
	}
}
