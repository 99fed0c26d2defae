package rewrite_test

import (
	"errors"
	"strings"
	"testing"

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
