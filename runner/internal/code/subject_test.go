package code

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// subject is a module that does a bit of everything that code and its module
// have to agree on.
func subject(tb testing.TB, skip rewrite.Pass) *rewrite.Result {
	tb.Helper()
	return rewritten(tb, subjectModule(), skip)
}

func rewritten(tb testing.TB, m *wasm.Module, skip rewrite.Pass) *rewrite.Result {
	tb.Helper()
	r, err := rewrite.Rewrite(m.Encode(), rewrite.Options{Skip: skip})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// variant returns a subject whose code differs from that of other variants.
func variant(tb testing.TB, i int) *rewrite.Result {
	tb.Helper()
	m := subjectModule()
	m.Functions = append(m.Functions, typeConst)
	m.Codes = append(m.Codes, body(append(append([]byte{0x41}, wasm.AppendI64(nil, int64(i))...), 0x0b)...))
	m.Exports = append(m.Exports, wasm.Export{Name: "variant", Index: uint32(len(m.Functions))})
	return rewritten(tb, m, 0)
}

const (
	typeUnary  = iota // (i32) -> i32
	typeBinary        // (i32, i32) -> i32
	typeConst         // () -> i32
	typeWide          // (i64, f64) -> (i64, f64)
)

func body(code ...byte) wasm.FuncBody { return wasm.FuncBody{Body: code} }

func subjectModule() *wasm.Module {
	i32, i64, f64 := wasm.I32, wasm.I64, wasm.F64
	types := []wasm.FuncType{
		{Params: []wasm.ValueType{i32}, Results: []wasm.ValueType{i32}},
		{Params: []wasm.ValueType{i32, i32}, Results: []wasm.ValueType{i32}},
		{Results: []wasm.ValueType{i32}},
		{Params: []wasm.ValueType{i64, f64}, Results: []wasm.ValueType{i64, f64}},
	}
	fn := []struct {
		name string
		typ  uint32
		wasm.FuncBody
	}{
		1: {"twice", typeUnary, body(0x20, 0, 0x10, 0, 0x0b)},                         // calls the host
		2: {"square", typeUnary, body(0x20, 0, 0x20, 0, 0x6c, 0x0b)},                  //
		3: {"indirect", typeBinary, body(0x20, 1, 0x20, 0, 0x11, typeUnary, 0, 0x0b)}, // table[arg 0](arg 1)
		4: {"count", typeConst, body(0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x23, 0, 0x0b)}, // global 0
		5: {"grow", typeUnary, body(0x20, 0, 0x40, 0, 0x0b)},
		6: {"divide", typeBinary, body( // stores a before it divides, maybe by zero
			0x41, 16, 0x20, 0, 0x36, 2, 0,
			0x20, 0, 0x20, 1, 0x6d, 0x0b)},
		7: {"load", typeUnary, body(0x20, 0, 0x28, 2, 0, 0x0b)},
		8: {"forever", typeUnary, body(0x20, 0, 0x10, 8, 0x0b)}, // overflows the stack
		9: {"sum", typeUnary, wasm.FuncBody{ // 1 + ... + n
			Locals: []wasm.LocalRun{{Count: 1, Type: i32}},
			Body: []byte{
				0x03, 0x40, 0x20, 1, 0x20, 0, 0x6a, 0x21, 1,
				0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b,
				0x20, 1, 0x0b,
			},
		}},
		10: {"swap", typeWide, body(0x20, 0, 0x79, 0x20, 1, 0x9c, 0x0b)}, // clz, floor
		11: {"initialize", typeConst, body( // memory.init from the passive segment
			0x41, 32, 0x41, 0, 0x41, 4, 0xfc, 8, 1, 0,
			0x41, 32, 0x28, 2, 0, 0x0b)},
		12: {"trap", typeConst, body(0x00, 0x0b)},
	}
	m := &wasm.Module{
		Types:    types,
		Imports:  []wasm.Import{{Module: "env", Name: "twice", Kind: wasm.ExternFunc, Type: typeUnary}},
		Tables:   []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 5}}},
		Memories: []wasm.Memory{{Limits: wasm.Limits{Min: 1, Max: 4, HasMax: true}}},
		Globals: []wasm.Global{
			{GlobalType: wasm.GlobalType{Type: i32, Mutable: true}, Init: wasm.I32Expr(40)},
			{GlobalType: wasm.GlobalType{Type: i64, Mutable: true}, Init: wasm.I64Expr(-1)},
		},
		Exports: []wasm.Export{{Name: "memory", Kind: wasm.ExternMemory}},
		// host function, guest functions, one of another type, an empty slot
		Elements: []wasm.Element{{Offset: wasm.I32Expr(0), Type: wasm.FuncRef, Funcs: []uint32{0, 1, 2, 4}}},
		Datas: []wasm.Data{
			{Offset: wasm.I32Expr(100), Init: []byte("active data")},
			{Mode: wasm.Passive, Init: []byte("data")},
		},
		DataCount: new(uint32),
	}
	*m.DataCount = 2
	for i, f := range fn[1:] {
		m.Functions = append(m.Functions, f.typ)
		m.Codes = append(m.Codes, f.FuncBody)
		m.Exports = append(m.Exports, wasm.Export{Name: f.name, Index: uint32(i + 1)})
	}
	return m
}

// referring is the subject with code that puts a function into the table.
func referring() *wasm.Module {
	m := subjectModule()
	m.Functions = append(m.Functions, typeUnary)
	m.Codes = append(m.Codes, body(
		0x41, 4, 0xd2, 2, 0x26, 0, // table[4] = square
		0x20, 0, 0x41, 4, 0x11, typeUnary, 0, 0x0b))
	m.Exports = append(m.Exports, wasm.Export{Name: "refer", Index: uint32(len(m.Functions))})
	return m
}

// withoutFunctions has no code at all.
func withoutFunctions() *wasm.Module {
	m := subjectModule()
	return &wasm.Module{Types: m.Types, Imports: m.Imports, Memories: m.Memories, Globals: m.Globals, Exports: m.Exports[:1]}
}

// host gives guests what they import. Functions that it does not know do
// nothing and return zeros.
func host(tb testing.TB, rt wazero.Runtime, imports []Import) {
	tb.Helper()
	ctx := context.Background()
	instantiate := func(b wazero.HostModuleBuilder) {
		if _, err := b.Instantiate(ctx); err != nil {
			tb.Fatal(err)
		}
	}
	if rt.Module(rewrite.MeterModule) == nil {
		instantiate(rt.NewHostModuleBuilder(rewrite.MeterModule).NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, _ []uint64) {
				m.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal).Set(1000)
			}), nil, nil).Export(rewrite.RefillImport))
	}
	modules := map[string]wazero.HostModuleBuilder{}
	for _, imp := range imports {
		if rt.Module(imp.Module) != nil {
			continue
		}
		if modules[imp.Module] == nil {
			modules[imp.Module] = rt.NewHostModuleBuilder(imp.Module)
		}
		f := func(_ context.Context, stack []uint64) { clear(stack) }
		if imp.Name == "twice" {
			f = func(_ context.Context, stack []uint64) { stack[0] = uint64(uint32(stack[0]) * 2) }
		}
		modules[imp.Module].NewFunctionBuilder().
			WithGoFunction(api.GoFunc(f), apiTypes(imp.Type.Params), apiTypes(imp.Type.Results)).Export(imp.Name)
	}
	for _, b := range modules {
		instantiate(b)
	}
}

func apiTypes(list []wasm.ValueType) []api.ValueType {
	types := make([]api.ValueType, len(list))
	for i, t := range list {
		types[i] = api.ValueType(t)
	}
	return types
}

func plainModule() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithName("").WithStartFunctions()
}

// start makes an instance of leased code.
func start(tb testing.TB, s *Store, c *Code, l *Lease) api.Module {
	tb.Helper()
	m, err := s.Runtime().InstantiateModule(context.Background(), l.Module(), plainModule())
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.EachSegment(func(seg rewrite.Segment) error {
		if !m.Memory().Write(seg.Offset, seg.Data) {
			return fmt.Errorf("segment at %d does not fit", seg.Offset)
		}
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return m
}

// call calls an export and writes down what came of it.
func call(m api.Module, name string, args ...uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%v = ", name, args)
	if got, err := m.ExportedFunction(name).Call(context.Background(), args...); err != nil {
		fmt.Fprintf(&b, "error %v", err)
	} else {
		fmt.Fprint(&b, got)
	}
	return b.String()
}

// state writes down memory and globals.
func state(m api.Module, c *Code) string {
	content, _ := m.Memory().Read(0, m.Memory().Size())
	s := fmt.Sprintf("memory %d bytes %x", len(content), sha256.Sum256(content))
	for _, g := range c.Globals() {
		s += fmt.Sprintf(", %s %d", g.Export, m.ExportedGlobal(g.Export).Get())
	}
	return s
}

// script runs through everything that the subject does.
func script(m api.Module, c *Code) []string {
	var log []string
	do := func(name string, args ...uint64) {
		if m.ExportedFunction(name) != nil {
			log = append(log, call(m, name, args...))
		}
	}
	neg := uint64(0xfffffff9)
	do("twice", 21)
	do("square", 12)
	for i := range uint64(6) { // host, guest, guest, other type, empty, beyond
		do("indirect", i, 7)
	}
	do("count")
	do("count")
	do("load", 100)
	do("load", 65534)
	do("grow", 2)
	do("load", 65534)
	do("grow", 2)
	do("divide", neg, 2)
	do("divide", 9, 0)
	do("load", 16)
	do("sum", 5000)
	do("swap", 1<<40, api.EncodeF64(-2.5))
	do("initialize")
	do("trap")
	do("refer", 9)
	do("count")
	return append(log, state(m, c))
}

// exercise runs the script in an instance of its own.
func exercise(tb testing.TB, s *Store, c *Code) []string {
	tb.Helper()
	return within(tb, s, c, script)
}

// overflow overflows the stack, which takes a while.
func overflow(m api.Module, c *Code) []string {
	if m.ExportedFunction("forever") == nil {
		return nil
	}
	return []string{call(m, "forever", 1), state(m, c)}
}

// within runs f in an instance of its own.
func within(tb testing.TB, s *Store, c *Code, f func(api.Module, *Code) []string) []string {
	tb.Helper()
	host(tb, s.Runtime(), c.Imports())
	l := acquire(tb, c)
	defer l.Release()
	m := start(tb, s, c, l)
	defer m.Close(context.Background())
	return f(m, c)
}
