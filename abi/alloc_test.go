//go:build !race

package abi_test

import (
	"runtime"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/abi/abitest"
)

// TestAllocs counts allocations on the request path. The race detector adds
// some, hence the build tag.
func TestAllocs(t *testing.T) {
	vector := func(name string) abitest.Vector {
		for _, v := range abitest.Vectors() {
			if v.Name == name {
				return v
			}
		}
		t.Fatalf("no vector %q", name)
		panic("not reached")
	}
	buf := make([]byte, 0, 4096)
	var req abi.Request
	var head abi.HTTPHead
	decode := func(v abitest.Value, frame []byte) func() {
		return func() {
			if err := v.Decode(frame); err != nil {
				t.Fatal(err)
			}
		}
	}
	encode := func(name string) func() {
		v := vector(name).Value
		return func() { buf = v.AppendTo(buf[:0]) }
	}
	for _, tc := range []struct {
		name string
		run  func()
		want float64
	}{
		{"encode context", encode("request: whole context"), 0},
		{"encode HTTP request", encode("request: whole HTTP request"), 0},
		{"encode head", encode("http-head: two values of a header"), 0},
		{"encode error", encode("error: everything"), 0},
		{"encode boot info", encode("boot-info: everything"), 0},
		{"encode boot request", encode("boot-request: everything"), 0},
		{"decode context", decode(&req, vector("request: whole context").Bytes()), 1},
		{"decode HTTP request", decode(&req, vector("request: whole HTTP request").Bytes()), 1},
		{"decode body alone", decode(&req, vector("request: body that looks like fields").Bytes()), 0},
		// A key and a value each, and nothing for the list.
		{"decode head", decode(&head, vector("http-head: two values of a header").Bytes()), 4},
	} {
		if got := testing.AllocsPerRun(100, tc.run); got != tc.want {
			t.Errorf("%s: %v allocations, want %v", tc.name, got, tc.want)
		}
	}
}

// TestDecodeKeepsBody makes sure that a body is not copied, as part of the text
// before it or otherwise.
func TestDecodeKeepsBody(t *testing.T) {
	q := abi.Request{Context: abi.Context{RequestID: "r-1"}, Body: make([]byte, 8<<20)}
	frame := q.AppendTo(nil)
	var got abi.Request
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := got.Decode(frame); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if size := after.TotalAlloc - before.TotalAlloc; size > 1<<20 {
		t.Errorf("decoding a body of 8 MiB allocates %d bytes", size)
	}
}
