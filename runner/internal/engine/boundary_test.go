package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// boundaryGuest reads up to 64 bytes of its request to address 0 and calls a
// host function with arguments from there: the first word chooses the function,
// the next four are its arguments.
func boundaryGuest() []byte {
	types := func(n, m int) wasm.FuncType {
		t := wasm.FuncType{}
		for range n {
			t.Params = append(t.Params, wasm.I32)
		}
		for range m {
			t.Results = append(t.Results, wasm.I32)
		}
		return t
	}
	load := func(at int64) []byte {
		return append(append([]byte{0x41}, wasm.AppendI64(nil, at)...), 0x28, 2, 0)
	}
	var body []byte
	body = append(body, 0x41, 0, 0x41, 0, 0x41, 0xc0, 0, 0x10, 0, 0x1a) // request_read(0, 0, 64), drop
	for f, nargs := range []int{3, 3, 3, 4} {
		body = append(body, load(0)...)
		body = append(body, 0x41, byte(f), 0x46, 0x04, 0x40) // == f: if
		for a := range nargs {
			body = append(body, load(int64(4+4*a))...)
		}
		body = append(body, 0x10, byte(f))
		if f != 2 {
			body = append(body, 0x1a) // the log function returns nothing
		}
		body = append(body, 0x0b)
	}
	body = append(body, 0x41, 0, 0x0b)
	m := &wasm.Module{
		Types: []wasm.FuncType{types(2, 1), types(3, 1), types(3, 0), types(4, 1)},
		Imports: []wasm.Import{
			{Module: abi.Module, Name: abi.ImportRequestRead, Kind: wasm.ExternFunc, Type: 1},
			{Module: abi.Module, Name: abi.ImportResponseWrite, Kind: wasm.ExternFunc, Type: 1},
			{Module: abi.LogModule, Name: abi.ImportLogWrite, Kind: wasm.ExternFunc, Type: 2},
			{Module: WASIModule, Name: "poll_oneoff", Kind: wasm.ExternFunc, Type: 3},
		},
		Functions: []uint32{0},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Exports: []wasm.Export{
			{Name: abi.ExportMemory, Kind: wasm.ExternMemory},
			{Name: abi.ExportCall, Kind: wasm.ExternFunc, Index: 4},
		},
		Codes: []wasm.FuncBody{{Body: body}},
	}
	return m.Encode()
}

func boundaryInstance(t testing.TB) func() *Instance { return instancesOf(t, boundaryGuest()) }

// instancesOf returns what makes instances of a module.
func instancesOf(t testing.TB, bin []byte) func() *Instance {
	t.Helper()
	ctx := context.Background()
	e, err := New(ctx, Options{Capabilities: []hostfns.Capability{logs.Capability{}}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := e.Prepare(ctx, bin, []string{"logs"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = m.Close(ctx)
		_ = e.Close(ctx)
	})
	return func() *Instance {
		in, err := m.Instantiate(ctx, InstanceOptions{MemoryLimit: 1 << 20, Recorder: logs.New("f", nil)})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
}

// words encodes a request for the boundary guest.
func words(ws ...uint32) []byte {
	var b []byte
	for _, w := range ws {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// sink takes an HTTP answer and forgets it.
type sink struct{}

func (sink) WriteHead(*abi.HTTPHead) abi.Errno { return abi.ErrnoOK }
func (sink) WriteBody([]byte) abi.Errno        { return abi.ErrnoOK }

// FuzzBoundary calls host functions with any arguments. Whatever they are, the
// call ends without an error, with a fault, or at its deadline, and the host
// goes on.
func FuzzBoundary(f *testing.F) {
	newInstance := boundaryInstance(f)
	for fn := range uint32(4) {
		for _, ptr := range []uint32{0, 64, 65535, 65536, 1<<31 - 1, 1 << 31, 1<<32 - 16, 1<<32 - 1} {
			for _, n := range []uint32{0, 1, 48, 65536, 1<<32 - 1} {
				f.Add(words(fn, ptr, n, ptr, n), uint32(abi.KindInvoke))
				f.Add(words(fn, 1, ptr, n, 0), uint32(abi.KindHTTP))
			}
		}
	}
	in := newInstance()
	f.Cleanup(func() { in.Close() })
	f.Fuzz(func(t *testing.T, request []byte, kind uint32) {
		if in.Dead() {
			in.Close()
			in = newInstance()
		}
		c := &Call{Kind: abi.Kind(kind), Head: request, PayloadLimit: 1 << 16, HTTP: sink{}, Deadline: time.Now().Add(20 * time.Millisecond)}
		status, err := in.Call(c)
		var fault *hostfns.Fault
		switch {
		case err == nil && status != abi.StatusOK:
			t.Errorf("status %s", status)
		case err == nil, errors.Is(err, ErrDeadline):
		case errors.As(err, &fault):
			if uint64(fault.Ptr)+uint64(fault.Len) <= uint64(fault.Memory) {
				t.Errorf("a fault inside the memory: %v", fault)
			}
		default:
			t.Errorf("error %v", err)
		}
	})
}

func TestPollOneoff(t *testing.T) {
	in := boundaryInstance(t)()
	defer in.Close()
	const subs, events, counted = 1024, 2048, 4096
	poll := func(deadline time.Duration, n uint32, set func(mem []byte)) (uint32, []byte, error) {
		mem := in.Memory()
		clear(mem[subs : subs+n*subscriptionSize])
		set(mem[subs:])
		_, err := in.Call(&Call{Kind: abi.KindInvoke, Head: words(3, subs, events, n, counted), Deadline: time.Now().Add(deadline)})
		mem = in.Memory()
		return binary.LittleEndian.Uint32(mem[counted:]), mem[events : events+n*eventSize], err
	}
	le := binary.LittleEndian
	t.Run("shortest clock", func(t *testing.T) {
		n, ev, err := poll(time.Minute, 2, func(m []byte) {
			le.PutUint64(m, 11)
			le.PutUint64(m[24:], uint64(time.Hour))
			le.PutUint64(m[48:], 22)
			le.PutUint64(m[48+24:], uint64(2*time.Millisecond))
		})
		if err != nil || n != 1 || le.Uint64(ev) != 22 || ev[10] != eventClock {
			t.Errorf("%d events, first for %d of type %d, %v", n, le.Uint64(ev), ev[10], err)
		}
	})
	t.Run("absolute clock in the past", func(t *testing.T) {
		n, _, err := poll(time.Minute, 1, func(m []byte) { le.PutUint16(m[40:], clockAbstime) })
		if err != nil || n != 1 {
			t.Errorf("%d events, %v", n, err)
		}
	})
	t.Run("streams are ready", func(t *testing.T) {
		n, ev, err := poll(time.Minute, 2, func(m []byte) {
			m[8] = eventFDWrite
			m[16] = 1
			m[48+8] = eventFDRead
			m[48+16] = 9
		})
		if err != nil || n != 2 || le.Uint16(ev[8:]) != wasiSuccess || le.Uint16(ev[eventSize+8:]) != wasiEBADF {
			t.Errorf("%d events % x, %v", n, ev, err)
		}
	})
	t.Run("ends at the deadline", func(t *testing.T) {
		_, _, err := poll(5*time.Millisecond, 1, func(m []byte) { le.PutUint64(m[24:], uint64(time.Hour)) })
		if !errors.Is(err, context.DeadlineExceeded) || !in.Dead() {
			t.Errorf("error %v, dead %v", err, in.Dead())
		}
	})
}
