//go:build amd64 || arm64

package engine

import (
	"errors"
	"regexp"
	"runtime"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// recursiveGuest calls itself as often as the first word of its request says.
func recursiveGuest() []byte {
	call := []byte{
		0x41, 0, 0x41, 0, 0x41, 4, 0x10, 0, 0x1a, // request_read(0, 0, 4), drop
		0x41, 0, 0x28, 2, 0, 0x10, 2, // down(load(0))
		0x0b,
	}
	down := []byte{
		0x20, 0, 0x45, 0x04, 0x7f, 0x41, 0, // n == 0: 0
		0x05, 0x20, 0, 0x41, 1, 0x6b, 0x10, 2, 0x20, 0, 0x6c, 0x41, 0, 0x71, // else: down(n-1) * n & 0
		0x0b, 0x0b,
	}
	i32 := func(n int) (l []wasm.ValueType) {
		for range n {
			l = append(l, wasm.I32)
		}
		return l
	}
	m := &wasm.Module{
		Types:     []wasm.FuncType{{Params: i32(2), Results: i32(1)}, {Params: i32(3), Results: i32(1)}, {Params: i32(1), Results: i32(1)}},
		Imports:   []wasm.Import{{Module: abi.Module, Name: abi.ImportRequestRead, Kind: wasm.ExternFunc, Type: 1}},
		Functions: []uint32{0, 2},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Exports: []wasm.Export{
			{Name: abi.ExportMemory, Kind: wasm.ExternMemory},
			{Name: abi.ExportCall, Kind: wasm.ExternFunc, Index: 1},
		},
		Codes: []wasm.FuncBody{{Body: call}, {Body: down}},
	}
	return m.Encode()
}

// TestStacks expects instances to have a stack while they are called, only then,
// and one that is not larger than need be.
func TestStacks(t *testing.T) {
	newInstance := instancesOf(t, recursiveGuest())
	a, b := newInstance(), newInstance()
	defer a.Close()
	defer b.Close()
	if a.frames == nil { // wazero has changed: memory and time go up
		t.Fatalf("the stack of %T is not found", a.entry)
	}
	for i, depth := range []uint32{0, 1, 1000, 100_000, 1, 1000} {
		for _, in := range []*Instance{a, b} {
			c := &Call{Kind: abi.KindInvoke, Head: words(depth)}
			if status, err := in.Call(c); err != nil || status != abi.StatusOK {
				t.Fatalf("depth %d: %v, %v", depth, status, err)
			}
			if st := in.frames; *st.bytes != nil || *st.top != 0 || *st.bottom != nil || *st.last != nil || st.lent != nil {
				t.Errorf("after call %d: stack %v", i, st)
			}
			if in.Rest(memory.WorkingSet{}); in.frames != nil || in.running != nil {
				t.Errorf("after call %d: it rests with a stack", i)
			}
		}
		kept, ok := a.module.stacks.idle.Get().(*[]byte)
		if ok && len(*kept) > maxStack {
			t.Errorf("after a depth of %d a stack of %d bytes is kept", depth, len(*kept))
		}
		if ok {
			a.module.stacks.idle.Put(kept)
		}
	}
	var trap *Trap
	_, err := a.Call(&Call{Kind: abi.KindInvoke, Head: words(1 << 30)})
	if !errors.As(err, &trap) || !regexp.MustCompile(`^stack overflow: the call stack has \d{8} bytes, the limit is 16777216, as for the memory$`).MatchString(trap.Reason) {
		t.Errorf("endless recursion: %v", err)
	}
	if st := a.frames; *st.bytes != nil || *st.last != nil {
		t.Error("a dead instance has a stack")
	}
	if _, err := b.Call(&Call{Kind: abi.KindInvoke, Head: words(1000)}); err != nil {
		t.Errorf("the other one: %v", err)
	}
}

// TestStacksAreFreed counts what instances hold that were called at one time, so
// that each had a stack of its own.
func TestStacksAreFreed(t *testing.T) {
	newInstance := instancesOf(t, recursiveGuest())
	const n = 64
	var instances []*Instance
	for range n {
		instances = append(instances, newInstance())
	}
	before := liveHeap()
	for i, in := range instances {
		depth := uint32(1)
		if i == 0 {
			depth = 100_000 // megabytes
		}
		if _, err := in.Call(&Call{Kind: abi.KindInvoke, Head: words(depth)}); err != nil {
			t.Fatal(err)
		}
		in.module.stacks.idle.Get() // the next one makes another
	}
	if each := (int64(liveHeap()) - int64(before)) / n; each > 4<<10 {
		t.Errorf("each instance holds %d bytes more than before its call", each)
	}
	for _, in := range instances {
		in.Close()
	}
}

func liveHeap() uint64 {
	for range 3 { // pools give up what they have after two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
