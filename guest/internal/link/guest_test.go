package link

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
)

// fakeHost is a Host that keeps what it is told.
type fakeHost struct {
	request []byte
	short   bool // hand out one byte less than there is
	parts   map[abi.Part][]byte
	seeds   [][4]uint64
}

func (h *fakeHost) RequestRead(dst []byte, off int) int {
	if h.short {
		dst = dst[1:]
	}
	return copy(dst, h.request[off:])
}

func (h *fakeHost) ResponseWrite(part abi.Part, p []byte) abi.Errno {
	h.parts[part] = append(h.parts[part], p...)
	return abi.ErrnoOK
}

func (h *fakeHost) Reseed(seed [4]uint64) { h.seeds = append(h.seeds, seed) }

// call makes one call and returns the error frame, if one was written.
func (h *fakeHost) call(t *testing.T, g *Guest, kind abi.Kind, frame []byte) (abi.Status, *abi.Error) {
	t.Helper()
	h.request, h.parts = frame, map[abi.Part][]byte{}
	status := g.Call(kind, uint32(len(frame)))
	p, ok := h.parts[abi.PartError]
	if !ok {
		return status, nil
	}
	e := &abi.Error{}
	if err := e.Decode(p); err != nil {
		t.Fatal(err)
	}
	return status, e
}

// handlerFunc is a Handler.
type handlerFunc func(*Call) abi.Status

func (f handlerFunc) Handle(c *Call) abi.Status { return f(c) }

// bootRequest is a valid frame of that kind.
var bootRequest = (&abi.BootRequest{Peer: "test/1"}).AppendTo(nil)

// started returns a guest that has booted with h.
func started(t *testing.T, h Handler) (*Guest, *fakeHost) {
	t.Helper()
	host := &fakeHost{}
	var g *Guest
	g = NewGuest(host, func() { g.Start(h) })
	if status, e := host.call(t, g, abi.KindBoot, bootRequest); status != abi.StatusOK {
		t.Fatalf("boot: %s %+v", status, e)
	}
	return g, host
}

func TestBootFailures(t *testing.T) {
	for _, tc := range []struct {
		name string
		main func()
		want string
	}{
		{"returns", func() {}, "main returned without calling fc.Start"},
		{"panics", func() { panic("not today") }, "main panicked before calling fc.Start: not today"},
		{"exits its goroutine", func() { runtime.Goexit() }, "main ended its goroutine before calling fc.Start"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host := &fakeHost{}
			g := NewGuest(host, tc.main)
			status, e := host.call(t, g, abi.KindBoot, bootRequest)
			want := &abi.Error{Message: tc.want, Type: "BootError"}
			if diff := cmp.Diff(want, e, cmpopts.IgnoreFields(abi.Error{}, "Stack")); diff != "" || status != abi.StatusError {
				t.Errorf("%s, error (-want +got):\n%s", status, diff)
			}
			want.Message = "called before a successful boot"
			status, e = host.call(t, g, abi.KindInvoke, nil)
			if diff := cmp.Diff(want, e); diff != "" || status != abi.StatusError {
				t.Errorf("then %s, error (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestStartInAnotherGoroutine(t *testing.T) {
	host := &fakeHost{}
	var g *Guest
	g = NewGuest(host, func() {
		go g.Start(handlerFunc(func(*Call) abi.Status { return abi.StatusOK }))
		select {}
	})
	if status, e := host.call(t, g, abi.KindBoot, bootRequest); status != abi.StatusOK {
		t.Errorf("%s %+v", status, e)
	}
}

func TestMalformedRequests(t *testing.T) {
	g, host := started(t, handlerFunc(func(*Call) abi.Status { return abi.StatusOK }))
	for _, tc := range []struct {
		name  string
		kind  abi.Kind
		frame []byte
		short bool
		want  abi.Status
	}{
		{"cut header", abi.KindInvoke, []byte{1, 0, 0}, false, abi.StatusMalformed},
		{"cut read", abi.KindInvoke, abi.AppendString(nil, abi.TagRequestID, "r"), true, abi.StatusMalformed},
		{"unknown critical field", abi.KindInvoke, []byte{0xff, 0x7f, 1, 0, 0, 0, 0, 0}, false, abi.StatusMalformed},
		{"unknown field", abi.KindInvoke, []byte{0xff, 0x7f, 0, 0, 0, 0, 0, 0}, false, abi.StatusOK},
		{"empty", abi.KindInvoke, nil, false, abi.StatusOK},
		{"boot request", abi.KindBoot, []byte{1}, false, abi.StatusMalformed},
		{"second boot", abi.KindBoot, bootRequest, false, abi.StatusError},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host.short = tc.short
			if status, e := host.call(t, g, tc.kind, tc.frame); status != tc.want {
				t.Errorf("%s %+v, want %s", status, e, tc.want)
			}
		})
	}
}

func TestUserCodeEndsTheWorker(t *testing.T) {
	g, host := started(t, handlerFunc(func(c *Call) abi.Status {
		switch string(c.Request.Body) {
		case "goexit":
			runtime.Goexit()
		case "panic":
			panic("out of the SDK")
		}
		return abi.StatusOK
	}))
	for i, tc := range []struct {
		body string
		want *abi.Error
	}{
		{"goexit", &abi.Error{Message: "the handler ended its goroutine with runtime.Goexit", Type: "Goexit"}},
		{"panic", &abi.Error{Message: "out of the SDK", Type: "Panic"}},
		{"return", nil},
	} {
		_, e := host.call(t, g, abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, []byte(tc.body)))
		if diff := cmp.Diff(tc.want, e); diff != "" {
			t.Errorf("call %d, error (-want +got):\n%s", i, diff)
		}
	}
}

// TestBodies checks who owns the request body: it changes under a handler that
// only borrowed it, and never under one that took it.
func TestBodies(t *testing.T) {
	for _, size := range []int{1, copyBody, copyBody + 1, keepFrame + 1} {
		var taken [][]byte
		g, host := started(t, handlerFunc(func(c *Call) abi.Status {
			if c.Kind == abi.KindInvoke {
				taken = append(taken, c.TakeBody())
			}
			return abi.StatusOK
		}))
		for _, fill := range []string{"a", "b", "c"} {
			body := bytes.Repeat([]byte(fill), size)
			host.call(t, g, abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, body))
		}
		for i, fill := range []string{"a", "b", "c"} {
			if want := bytes.Repeat([]byte(fill), size); !bytes.Equal(taken[i], want) {
				t.Errorf("size %d, body %d was overwritten", size, i)
			}
		}
	}
}

func TestBufferIsKeptOnlyWhileSmall(t *testing.T) {
	g, host := started(t, handlerFunc(func(*Call) abi.Status { return abi.StatusOK }))
	for _, tc := range []struct {
		size int
		kept bool
	}{{100, true}, {keepFrame / 2, true}, {keepFrame, false}, {100, true}} {
		host.call(t, g, abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, make([]byte, tc.size)))
		if got := g.frame != nil; got != tc.kept {
			t.Errorf("buffer kept after %d bytes: %v", tc.size, got)
		}
	}
	secret := bytes.Repeat([]byte("secret"), 20)
	host.call(t, g, abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, secret))
	status, _ := host.call(t, g, abi.KindSettle, nil)
	if status != abi.StatusOK || cap(g.frame) != readyFrame || bytes.Contains(g.frame[:readyFrame], []byte("secret")) {
		t.Errorf("settle: %s, a buffer of %d bytes, want an empty one of %d", status, cap(g.frame), readyFrame)
	}
}

func TestReseed(t *testing.T) {
	g, host := started(t, handlerFunc(func(*Call) abi.Status { return abi.StatusOK }))
	entropy := make([]byte, entropySize)
	for i := range entropy {
		entropy[i] = byte(i)
	}
	for _, p := range [][]byte{nil, entropy, entropy[:31]} {
		host.call(t, g, abi.KindInvoke, abi.AppendBytes(nil, abi.TagEntropy, p))
	}
	want := [][4]uint64{{0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x1716151413121110, 0x1f1e1d1c1b1a1918}}
	if diff := cmp.Diff(want, host.seeds); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
}
