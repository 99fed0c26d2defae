package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

type A []byte

func (a *A) o(b ...byte) *A { *a = append(*a, b...); return a }
func (a *A) u(op byte, i uint32) *A {
	*a = wasm.AppendU32(append(*a, op), i)
	return a
}
func (a *A) i64(v int64) *A { *a = wasm.AppendI64(append(*a, 0x42), v); return a }
func (a *A) i32(v int32) *A { *a = wasm.AppendI64(append(*a, 0x41), int64(v)); return a }

const (
	get, set, tee, gget, gset = 0x20, 0x21, 0x22, 0x23, 0x24
	call                      = 0x10
	block, loop, if_, end     = 0x02, 0x03, 0x04, 0x0b
	br, brif                  = 0x0c, 0x0d
)

// locals: 0 = n (param i32), 1 = i32 acc, 2 = i64 t, 3 = i32 t
// globals: 0 = i64 fuel, 1 = i32 fuel
var launder = []uint32{0, 1, 3, 4, 5}

type variant struct {
	name   string
	before func(a *A)
	header func(a *A)
	cold   bool // out of line: header branches to label 1 (block inside loop)
}

var variants = []variant{
	{"none", nil, nil, false},
	{"none2", nil, nil, false},
	{"i64 get/sub/set/get lt if", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x53).o(if_, 0x40).u(call, 0).o(end)
	}, false},
	{"i64 local store-only", func(a *A) { a.u(gget, 0).u(set, 2) }, func(a *A) {
		a.u(get, 2).i64(1).o(0x7d).u(tee, 2).u(gset, 0).u(get, 2).i64(0).o(0x53).o(if_, 0x40).u(call, 0).u(gget, 0).u(set, 2).o(end)
	}, false},
	{"i64 local no store no call", func(a *A) { a.u(gget, 0).u(set, 2) }, func(a *A) {
		a.u(get, 2).i64(1).o(0x7d).u(tee, 2).i64(0).o(0x53).o(if_, 0x40).o(0).o(end)
	}, false},
	{"i64 no call", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x53).o(if_, 0x40).o(0).o(end)
	}, false},
	{"i32 no call", nil, func(a *A) {
		a.u(gget, 1).i32(1).o(0x6b).u(gset, 1).u(gget, 1).i32(0).o(0x48).o(if_, 0x40).o(0).o(end)
	}, false},
	{"i64 block block br_if br", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).o(block, 0x40).o(block, 0x40).u(gget, 0).i64(0).o(0x53).u(brif, 0).u(br, 1).o(end).u(call, 0).o(end)
	}, false},
	{"i64 if call br loop", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x53).o(if_, 0x40).u(call, 0).u(br, 1).o(end)
	}, false},
	{"i32 if call br loop", nil, func(a *A) {
		a.u(gget, 1).i32(1).o(0x6b).u(gset, 1).u(gget, 1).i32(0).o(0x48).o(if_, 0x40).u(call, 0).u(br, 1).o(end)
	}, false},
	{"X1 ge if else call br loop", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5).u(call, 0).u(br, 1).o(end)
	}, false},
	{"X3 block block br_if br call br", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).o(block, 0x40).o(block, 0x40).u(gget, 0).i64(0).o(0x53).u(brif, 0).u(br, 1).o(end).u(call, 0).u(br, 1).o(end)
	}, false},
	{"X1 local", func(a *A) { a.u(gget, 0).u(set, 2) }, func(a *A) {
		a.u(get, 2).i64(1).o(0x7d).u(tee, 2).u(gset, 0).u(get, 2).i64(0).o(0x59).o(if_, 0x40).o(5).u(call, 0).u(gget, 0).u(set, 2).u(br, 1).o(end)
	}, false},
	{"X1 launder", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5)
		for _, l := range launder {
			a.u(get, l).i32(0).o(0x6a).u(set, l)
		}
		a.u(call, 0).u(br, 1).o(end)
	}, false},
	{"X1 local launder", func(a *A) { a.u(gget, 0).u(set, 2) }, func(a *A) {
		a.u(get, 2).i64(1).o(0x7d).u(tee, 2).u(gset, 0).u(get, 2).i64(0).o(0x59).o(if_, 0x40).o(5)
		for _, l := range launder {
			a.u(get, l).i32(0).o(0x6a).u(set, l)
		}
		a.u(call, 0).u(gget, 0).u(set, 2).u(br, 1).o(end)
	}, false},
	{"X1 nocall", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5).o(0).o(end)
	}, false},
	{"cold i64 RMW", nil, func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x53).u(brif, 0)
	}, true},
	{"cold i32 RMW", nil, func(a *A) {
		a.u(gget, 1).i32(1).o(0x6b).u(gset, 1).u(gget, 1).i32(0).o(0x48).u(brif, 0)
	}, true},
	{"cold i64 local store-only", func(a *A) { a.u(gget, 0).u(set, 2) }, func(a *A) {
		a.u(get, 2).i64(1).o(0x7d).u(tee, 2).u(gset, 0).u(get, 2).i64(0).o(0x53).u(brif, 0)
	}, true},
}

func build(v variant, body func(a *A, depth uint32)) []byte {
	var a A
	if v.before != nil {
		v.before(&a)
	}
	if v.cold {
		// block $exit loop $l block $slow header body br $exit end call br $l end end
		a.o(block, 0x40).o(loop, 0x40).o(block, 0x40)
		v.header(&a)
		body(&a, 1)
		a.u(br, 2).o(end).u(call, 0)
		if v.before != nil {
			v.before(&a)
		}
		a.u(br, 0).o(end).o(end)
	} else {
		a.o(loop, 0x40)
		if v.header != nil {
			v.header(&a)
		}
		body(&a, 0)
		a.o(end)
	}
	a.u(get, 1).o(end)
	m := wasm.Module{
		Types:     []wasm.FuncType{{}, {Params: []wasm.ValueType{wasm.I32}, Results: []wasm.ValueType{wasm.I32}}},
		Imports:   []wasm.Import{{Module: "e", Name: "r"}},
		Functions: []uint32{1},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Globals: []wasm.Global{
			{GlobalType: wasm.GlobalType{Type: wasm.I64, Mutable: true}, Init: wasm.I64Expr(1 << 60)},
			{GlobalType: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.I32Expr(1 << 30)},
		},
		Exports: []wasm.Export{{Name: "f", Index: 1}, {Name: "g0", Kind: 3}, {Name: "g1", Kind: 3, Index: 1}},
		Codes:   []wasm.FuncBody{{Locals: []wasm.LocalRun{{Count: 1, Type: wasm.I32}, {Count: 1, Type: wasm.I64}, {Count: 3, Type: wasm.I32}}, Body: a}},
	}
	return m.Encode()
}

var entries = []struct {
	name string
	f    func(a *A)
}{
	{"none", func(a *A) {}},
	{"lt if call", func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x53).o(if_, 0x40).u(call, 0).o(end)
	}},
	{"ge if else call", func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5).u(call, 0).o(end)
	}},
	{"block block", func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).o(block, 0x40).o(block, 0x40).u(gget, 0).i64(0).o(0x53).u(brif, 0).u(br, 1).o(end).u(call, 0).o(end)
	}},
	{"loop ge if else call br", func(a *A) {
		a.o(loop, 0x40).u(gget, 0).i64(1).o(0x7d).u(gset, 0).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5).u(call, 0).u(br, 1).o(end).o(end)
	}},
	{"sub then loop ge if else", func(a *A) {
		a.u(gget, 0).i64(1).o(0x7d).u(gset, 0).o(loop, 0x40).u(gget, 0).i64(0).o(0x59).o(if_, 0x40).o(5).u(call, 0).u(br, 1).o(end).o(end)
	}},
}

func fib() {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	must(rt.NewHostModuleBuilder("e").NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {}), nil, nil).Export("r").Instantiate(ctx))
	for _, kind := range []string{"fib", "leaf"} {
		var fs []api.Function
		for _, e := range entries {
			var a A
			e.f(&a)
			m := wasm.Module{
				Types:     []wasm.FuncType{{}, {Params: []wasm.ValueType{wasm.I32}, Results: []wasm.ValueType{wasm.I32}}},
				Imports:   []wasm.Import{{Module: "e", Name: "r"}},
				Functions: []uint32{1},
				Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
				Globals: []wasm.Global{
					{GlobalType: wasm.GlobalType{Type: wasm.I64, Mutable: true}, Init: wasm.I64Expr(1 << 60)},
					{GlobalType: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.I32Expr(1 << 30)},
				},
				Exports: []wasm.Export{{Name: "f", Index: 1}, {Name: "g0", Kind: 3}, {Name: "g1", Kind: 3, Index: 1}},
			}
			if kind == "fib" {
				a.u(get, 0).i32(2).o(0x49).o(if_, 0x7f).u(get, 0).o(5).u(get, 0).i32(1).o(0x6b).u(call, 1).u(get, 0).i32(2).o(0x6b).u(call, 1).o(0x6a).o(end).o(end)
				m.Codes = []wasm.FuncBody{{Body: asm(a)}}
			} else {
				// loop calling a leaf that stores to memory twice
				a.u(get, 0).i32(0xfff0).o(0x71).u(get, 0).i32(0xfff0).o(0x71).o(0x28, 2, 0).i32(1).o(0x6a).o(0x36, 2, 0).u(get, 0).i32(1).o(0x6b).o(end)
				var b A
				b.o(loop, 0x40).u(get, 0).u(call, 1).u(tee, 0).u(brif, 0).o(end).u(get, 0).o(end)
				m.Functions = []uint32{1, 1}
				m.Codes = []wasm.FuncBody{{Body: asm(a)}, {Body: asm(b)}}
				m.Exports[0].Index = 2
			}
			cm := must(rt.CompileModule(ctx, m.Encode()))
			mod := must(rt.InstantiateModule(ctx, cm, wazero.NewModuleConfig().WithName("")))
			fs = append(fs, mod.ExportedFunction("f"))
		}
		best := make([]time.Duration, len(fs))
		for range 15 {
			for i, f := range fs {
				t := time.Now()
				if kind == "fib" {
					must(f.Call(ctx, 30))
				} else {
					must(f.Call(ctx, 3000000))
				}
				if d := time.Since(t); best[i] == 0 || d < best[i] {
					best[i] = d
				}
			}
		}
		fmt.Println("==", kind)
		for i, v := range entries {
			fmt.Printf("%-30s %v %.3f\n", v.name, best[i], float64(best[i])/float64(best[0]))
		}
	}
}

func asm(a A) []byte { return a }

func main() {
	fib()
	if len(os.Args) > 1 {
		return
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	must(rt.NewHostModuleBuilder("e").NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {}), nil, nil).Export("r").Instantiate(ctx))
	bodies := []struct {
		name string
		n    uint64
		f    func(a *A, d uint32)
	}{
		{"tight", 40_000_000, func(a *A, d uint32) {
			a.u(get, 1).u(get, 0).o(0x6a).u(set, 1)
			a.u(get, 0).i32(1).o(0x6b).u(tee, 0).u(brif, d)
		}},
		{"count", 40_000_000, func(a *A, d uint32) {
			a.u(get, 0).i32(-1).o(0x6a).u(tee, 0).u(brif, d)
		}},
		{"mem", 20_000_000, func(a *A, d uint32) {
			// acc += load(n & 0xfffc) ; store
			a.u(get, 1).u(get, 0).i32(0xfffc).o(0x71).o(0x28, 2, 0).o(0x6a).u(set, 1)
			a.u(get, 0).i32(0xfff8).o(0x71).u(get, 1).o(0x36, 2, 4)
			a.u(get, 0).i32(1).o(0x6b).u(tee, 0).u(brif, d)
		}},
		{"lcg4", 20_000_000, func(a *A, d uint32) {
			for range 4 {
				a.u(get, 1).i32(1664525).o(0x6c).i32(1013904223).o(0x6a).u(set, 1)
			}
			a.u(get, 0).i32(1).o(0x6b).u(tee, 0).u(brif, d)
		}},
		{"5live", 20_000_000, func(a *A, d uint32) {
			a.u(get, 1).u(get, 4).o(0x6a).u(set, 5)
			a.u(get, 5).u(get, 3).o(0x73).u(set, 4)
			a.u(get, 4).u(get, 0).o(0x6a).u(set, 1)
			a.u(get, 0).i32(1).o(0x6b).u(tee, 0).u(brif, d)
		}},
	}
	for _, b := range bodies {
		var fs []api.Function
		for _, v := range variants {
			cm := must(rt.CompileModule(ctx, build(v, b.f)))
			m := must(rt.InstantiateModule(ctx, cm, wazero.NewModuleConfig().WithName("")))
			fs = append(fs, m.ExportedFunction("f"))
		}
		best := make([]time.Duration, len(fs))
		for range 9 {
			for i, f := range fs {
				t := time.Now()
				must(f.Call(ctx, b.n))
				if d := time.Since(t); best[i] == 0 || d < best[i] {
					best[i] = d
				}
			}
		}
		fmt.Println("==", b.name)
		for i, v := range variants {
			fmt.Printf("%-30s %.3f ns  %.3f\n", v.name, float64(best[i])/float64(b.n), float64(best[i])/float64(best[0]))
		}
	}
}
