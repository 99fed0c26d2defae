package rewrite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

func TestCheck(t *testing.T) {
	host := func(module, name string) (wasm.FuncType, bool) {
		return sig("i", "i"), module == "env" && name == "f"
	}
	tests := []struct {
		name    string
		build   func(b *builder)
		allowed rewrite.Allowed
		want    string // part of the error, empty for none
	}{
		{"nothing", func(*builder) {}, nil, ""},
		{"any function when nothing is said", func(b *builder) { b.importFunc("env", "other", sig("", "")) }, nil, ""},
		{"granted", func(b *builder) { b.importFunc("env", "f", sig("i", "i")) }, host, ""},
		{"not granted", func(b *builder) { b.importFunc("env", "g", sig("i", "i")) }, host, `import "env" "g" is not granted`},
		{"other type", func(b *builder) { b.importFunc("env", "f", sig("i", "l")) }, host,
			`import "env" "f" has type (i32) -> (i64), want (i32) -> (i32)`},
		{"memory", func(b *builder) {
			b.Imports = append(b.Imports, wasm.Import{Module: "env", Name: "m", Kind: wasm.ExternMemory})
		}, nil, `import "env" "m" is a memory`},
		{"table", func(b *builder) {
			b.Imports = append(b.Imports, wasm.Import{Module: "env", Name: "t", Kind: wasm.ExternTable, Table: wasm.Table{Type: wasm.FuncRef}})
		}, nil, `import "env" "t" is a table`},
		{"global", func(b *builder) {
			b.Imports = append(b.Imports, wasm.Import{Module: "env", Name: "g", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}})
		}, nil, `import "env" "g" is a global`},
		{"entries of tables", func(b *builder) { b.table(900_000, nil); b.table(200_000, nil); keep(b) }, nil,
			"its tables and passive element segments have 1100000 entries, the limit is 1048576"},
		{"entries of passive segments", func(b *builder) {
			b.table(1, nil)
			keep(b)
			b.Elements = []wasm.Element{{Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: make([]uint32, 1<<20)}}
		}, nil, "its tables and passive element segments have 1048577 entries"},
		{"entries of a table that goes", func(b *builder) { b.table(1, nil) }, nil, ""},
		{"globals", func(b *builder) {
			for range 100_001 {
				b.global(wasm.I32, wasm.I32Expr(0))
			}
		}, nil, "it has 100001 globals, the limit is 100000"},
		{"the meter's module", func(b *builder) { b.importFunc(rewrite.MeterModule, rewrite.RefillImport, sig("", "")) }, nil, "is reserved"},
		{"reserved export", func(b *builder) { b.export(rewrite.FuelExport, wasm.ExternGlobal, b.global(wasm.I64, wasm.I64Expr(0))) }, nil,
			`export "__wafer_fuel": names that start with "__wafer_" are reserved`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b builder
			tt.build(&b)
			_, err := rewrite.Rewrite(b.binary(), rewrite.Options{Allowed: tt.allowed})
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var refusal *rewrite.ModuleError
			if !errors.As(err, &refusal) || refusal.Pass != rewrite.PassCheck || !strings.Contains(refusal.Reason, tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if _, err := rewrite.Rewrite(b.binary(), rewrite.Options{Allowed: tt.allowed, Skip: rewrite.PassCheck}); errors.As(err, &refusal) && refusal.Pass == rewrite.PassCheck {
				t.Errorf("checked although skipped: %v", err)
			}
		})
	}
}

// TestRewriteMalformed makes sure that no index reaches what rewriting adds.
func TestRewriteMalformed(t *testing.T) {
	tests := []struct {
		name string
		code func(c *code)
		want string
	}{
		{"global behind the last", func(c *code) { c.i64(1).x(wasm.OpGlobalSet, 1) }, "global 1 of 1"},
		{"local behind the last", func(c *code) { c.i64(1).set(2) }, "local 2 of 2"},
		{"function behind the last", func(c *code) { c.x(wasm.OpCall, 1) }, "function 1 of 1"},
		{"reference behind the last", func(c *code) { c.x(wasm.OpRefFunc, 1).op(wasm.OpDrop) }, "function 1 of 1"},
		{"reference without declaration", func(c *code) { c.x(wasm.OpRefFunc, 0).op(wasm.OpDrop) }, "without being declared"},
		{"type behind the last", func(c *code) { c.i32(0).x(wasm.OpCallIndirect, 1, 0) }, "type 1 of 1"},
		{"table behind the last", func(c *code) { c.i32(0).x(wasm.OpCallIndirect, 0, 1) }, "table 1 of 1"},
		{"block type behind the last", func(c *code) { c.block(wasm.OpBlock, 1).end() }, "block type 1 of 1"},
		{"label too deep", func(c *code) { c.x(wasm.OpBr, 1) }, "label 1 of 1"},
		{"br_table too deep", func(c *code) { c.i32(0).brTable(0, 1) }, "label 1 of 1"},
		{"else without if", func(c *code) { c.op(wasm.OpElse) }, "else without if"},
		{"two else", func(c *code) { c.i32(0).block(wasm.OpIf, wasm.NoResult).op(wasm.OpElse, wasm.OpElse).end() }, "else without if"},
		{"block without end", func(c *code) { c.block(wasm.OpBlock, wasm.NoResult) }, "ends within a block"},
		{"too many ends", func(c *code) { c.end() }, "behind the end"},
		{"data segment without count", func(c *code) { c.x(wasm.OpDataDrop, 0) }, "data segment 0 of 0"},
		{"element segment behind the last", func(c *code) { c.x(wasm.OpElemDrop, 1) }, "element segment 1 of 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b builder
			b.global(wasm.I64, wasm.I64Expr(0))
			b.table(1, map[int32][]uint32{0: nil})
			c := &code{}
			tt.code(c)
			b.fn("", sig("", ""), c.body(wasm.I32, wasm.I64))
			_, err := rewrite.Rewrite(b.binary(), rewrite.Options{})
			var fe *wasm.FormatError
			if !errors.As(err, &fe) || !strings.Contains(fe.Reason, tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// keep adds a function that lets tables change, so that they stay.
func keep(b *builder) {
	b.fn("table.grow", sig("i", "i"), (&code{}).op(wasm.OpRefNull, 0x70).get(0).x(wasm.OpTableGrow, 0).body())
}

// TestTablesEnd grows tables as far as they go.
func TestTablesEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		tables []uint32
		grow   []uint32
		want   []uint32
	}{
		"one":           {[]uint32{10}, []uint32{rewrite.MaxEntries, rewrite.MaxEntries - 10, 1}, []uint32{1<<32 - 1, 10, 1<<32 - 1}},
		"two":           {[]uint32{10, 20}, []uint32{1 << 19, 1<<19 - 15, 1}, []uint32{1<<32 - 1, 10, 1<<32 - 1}},
		"no room":       {[]uint32{rewrite.MaxEntries}, []uint32{1, 0}, []uint32{1<<32 - 1, rewrite.MaxEntries}},
		"all that is":   {[]uint32{1}, []uint32{1<<32 - 1}, []uint32{1<<32 - 1}},
		"half that is":  {[]uint32{1}, []uint32{1 << 31}, []uint32{1<<32 - 1}},
		"a small table": {[]uint32{1}, []uint32{5, 6}, []uint32{1, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			var b builder
			for _, n := range tt.tables {
				b.table(n, nil)
			}
			keep(&b)
			e := compiler(t)
			m, err := e.start(mustRewrite(t, b.binary(), rewrite.Options{}))
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range tt.grow {
				m.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal).Set(1 << 40)
				got, err := m.ExportedFunction("table.grow").Call(t.Context(), uint64(n))
				if err != nil || uint32(got[0]) != tt.want[i] {
					t.Errorf("growing by %d: %d, %v, want %d", n, got, err, tt.want[i])
				}
			}
		})
	}
}
