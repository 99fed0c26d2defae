package rewrite_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestRewriteBounded rewrites modules that are made to take long or to grow. They
// end soon or never: without a bound, each would take minutes or gigabytes.
func TestRewriteBounded(t *testing.T) {
	void := sig("", "")
	nest := func(n int) func(b *builder) {
		return func(b *builder) {
			c := &code{b: bytes.Repeat([]byte{byte(wasm.OpBlock), 0x40}, n)}
			c.b = append(c.b, bytes.Repeat([]byte{byte(wasm.OpEnd)}, n)...)
			b.fn("f", void, c.body())
		}
	}
	tests := []struct {
		name  string
		build func(b *builder)
		want  string // part of the error, or empty
	}{
		{"nothing but loops", func(b *builder) {
			b.fn("f", void, (&code{b: bytes.Repeat([]byte{byte(wasm.OpLoop), 0x40, byte(wasm.OpEnd)}, 1<<18)}).body())
		}, "the code would become larger than"},
		{"deep nesting", nest(99_999), ""},
		{"too deep nesting", nest(100_000), "blocks nested deeper than 100000"},
		{"nested loops", func(b *builder) {
			c := &code{b: bytes.Repeat([]byte{byte(wasm.OpLoop), 0x40}, 10_000)}
			c.b = append(c.b, bytes.Repeat([]byte{byte(wasm.OpEnd)}, 10_000)...)
			b.fn("f", void, c.body())
		}, ""},
		{"many locals and loops", func(b *builder) {
			c := &code{}
			for range 5000 {
				c.block(wasm.OpLoop, wasm.NoResult)
				for l := range uint32(8) {
					c.get(49_000 + l).set(49_000 + l)
				}
				c.end()
			}
			f := c.body()
			for range 49_900 {
				f.Locals = append(f.Locals, wasm.LocalRun{Count: 1, Type: wasm.I32})
			}
			b.fn("f", void, f)
		}, ""},
		{"wide br_tables in a loop", func(b *builder) {
			c := (&code{}).block(wasm.OpLoop, wasm.NoResult)
			for range 10 {
				c.block(wasm.OpBlock, wasm.NoResult).i32(0).brTable(make([]uint32, 100_000)...).end()
			}
			b.fn("f", void, c.end().body())
		}, ""},
		{"many types and dispatchers", func(b *builder) {
			for i := range 60_000 {
				t := wasm.FuncType{Params: make([]wasm.ValueType, 18)}
				for j := range t.Params {
					t.Params[j] = wasm.I32 - wasm.ValueType(i>>j&1)
				}
				b.Types = append(b.Types, t)
			}
			c := &code{}
			for i := range uint32(5000) {
				c.op(wasm.OpUnreachable).x(wasm.OpCallIndirect, i, 0)
			}
			b.fn("f", void, c.body())
			b.table(1<<18, nil)
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b builder
			tt.build(&b)
			r, err := rewrite.Rewrite(b.binary(), rewrite.Options{})
			var fe *wasm.FormatError
			var refusal *rewrite.ModuleError
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want == "" && r.Report.SizeAfter > 8*r.Report.SizeBefore+2<<20:
				t.Errorf("grew from %d to %d bytes", r.Report.SizeBefore, r.Report.SizeAfter)
			case tt.want != "" && !errors.As(err, &fe) && !errors.As(err, &refusal):
				t.Errorf("error %v, want %q", err, tt.want)
			case tt.want != "" && !strings.Contains(err.Error(), tt.want):
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
