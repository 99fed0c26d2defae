package wasm_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestNumbers writes numbers and reads them back as operands, also with bytes to spare.
func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint32().Draw(t, "u32")
		i := rapid.Int32().Draw(t, "i32")
		l := rapid.Int64().Draw(t, "i64")
		b := wasm.AppendU32([]byte{0x10}, u)
		if len(b)-1 != wasm.SizeU32(u) {
			t.Errorf("%d takes %d bytes, said %d", u, len(b)-1, wasm.SizeU32(u))
		}
		b = wasm.AppendI64(append(b, 0x41), int64(i))
		b = wasm.AppendI64(append(b, 0x42), l)
		b = append(b, 0x10)
		for range rapid.IntRange(0, 3).Draw(t, "padding") {
			b = append(b, 0x80)
		}
		b = append(b, 0x00)
		c := wasm.NewCode(&wasm.FuncBody{Body: b}, 0)
		if !c.Next() || c.A != u {
			t.Errorf("%d became %d, %v", u, c.A, c.Err())
		}
		if !c.Next() || c.Const != int64(i) {
			t.Errorf("%d became %d, %v", i, c.Const, c.Err())
		}
		if !c.Next() || c.Const != l {
			t.Errorf("%d became %d, %v", l, c.Const, c.Err())
		}
		if !c.Next() || c.A != 0 || c.End != len(b) {
			t.Errorf("padded zero became %d, %v", c.A, c.Err())
		}
	})
}
