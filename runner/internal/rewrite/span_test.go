package rewrite_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// largeModule has functions of over 1 MB together, each with loops, calls and
// a call_indirect.
func largeModule() []byte {
	var b builder
	b.Tables = []wasm.Table{{Type: wasm.FuncRef, Limits: wasm.Limits{Min: 400}}}
	var all []uint32
	for i := range 400 {
		c := &code{}
		for range 100 + i%7 {
			c.block(wasm.OpLoop, wasm.NoResult).get(0).i32(-1).op(wasm.OpI32Add).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
			c.get(1).i32(int32(i)).op(wasm.OpI32Add).set(1)
			c.block(wasm.OpLoop, wasm.NoResult).get(0).x(wasm.OpCall, uint32(max(i-1, 0))).x(wasm.OpLocalTee, 0).x(wasm.OpBrIf, 0).end()
		}
		c.get(0).i32(int32(i)).x(wasm.OpCallIndirect, b.typ(sig("i", "i")), 0)
		all = append(all, b.fn("", sig("i", "i"), c.body(wasm.I32)))
	}
	b.Elements = []wasm.Element{{Offset: wasm.I32Expr(0), Type: wasm.FuncRef, Funcs: all}}
	return b.binary()
}

// TestSpans rewrites a module whose bodies are worked on in several goes, with
// one processor and with several: the result must be the same.
func TestSpans(t *testing.T) {
	bin := largeModule()
	var first *rewrite.Result
	for _, n := range []int{1, 4, 4} {
		old := runtime.GOMAXPROCS(n)
		r := mustRewrite(t, bin, rewrite.Options{})
		runtime.GOMAXPROCS(old)
		if first == nil {
			first = r
		}
		if !bytes.Equal(r.Wasm, first.Wasm) || r.Report.Ticks != first.Report.Ticks || r.Report.Loops != first.Report.Loops {
			t.Errorf("%d processors: another module came out", n)
		}
	}
	if r := first.Report; r.Loops != 82394 || r.Ticks < r.Loops || r.IndirectCalls != 400 || r.TableKept != "" {
		t.Errorf("%+v", r)
	}
	// The error is that of the first broken function, whichever is found first.
	m := mustParse(t, bin)
	for _, i := range []int{390, 20, 200} {
		body := bytes.Clone(m.Codes[i].Body)
		body[len(body)-2] = 0xff
		m.Codes[i].Body = append(body[:len(body)-1:len(body)-1], 0xff, 0x0b)
	}
	if _, err := rewrite.Rewrite(m.Encode(), rewrite.Options{}); err == nil || !strings.Contains(err.Error(), "code[20]") {
		t.Errorf("error %v, want one about function 20", err)
	}
}
