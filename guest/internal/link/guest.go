package link

import (
	"encoding/binary"
	"sync"

	"github.com/wafer-run/wafer/abi"
)

// keepFrame is the largest request buffer, in bytes, that is kept for the next
// call. Larger ones would stay in every snapshot and every idle instance.
const keepFrame = 64 << 10

// readyFrame is the size in bytes of the request buffer that an instance has
// after settling, so that the first call of a clone need not make one.
const readyFrame = 2 << 10

// entropySize is the size in bytes of the entropy field.
const entropySize = 32

// Guest is a function inside a sandbox: the state behind the entry point.
//
// # Concurrency
//
// Call runs one call at a time. Start may be called from any goroutine.
type Guest struct {
	host Host
	main func()

	start   sync.Once
	started chan struct{} // closed by Start, which sets handler before
	handler Handler
	booted  bool

	frame []byte // the request, reused
	call  Call
	calls chan *Call
	done  chan abi.Status
}

// NewGuest returns a guest that has not booted. Boot runs main and expects it
// to call Start.
func NewGuest(host Host, main func()) *Guest {
	g := &Guest{
		host:    host,
		main:    main,
		started: make(chan struct{}),
		calls:   make(chan *Call),
		done:    make(chan abi.Status),
	}
	g.call.guest, g.call.out = g, host
	return g
}

// Start registers the handler and blocks for ever, so that what main deferred
// does not run while the function serves. A second Start only blocks.
func (g *Guest) Start(h Handler) {
	g.start.Do(func() {
		g.handler = h
		close(g.started)
	})
	select {}
}

// Call is the entry point: it serves one call of the given kind, whose request
// has size bytes.
func (g *Guest) Call(kind abi.Kind, size uint32) abi.Status {
	c := &g.call
	c.Kind = kind
	c.Request.Reset()
	frame := g.read(size)
	if uint32(len(frame)) != size {
		return abi.StatusMalformed
	}
	if kind == abi.KindBoot {
		return g.boot(c, frame)
	}
	if !g.booted {
		return c.Fail(&abi.Error{Message: "called before a successful boot", Type: bootError})
	}
	if err := c.Request.Decode(frame); err != nil {
		return abi.StatusMalformed
	}
	g.reseed(c.Request.Entropy)
	if kind == abi.KindSettle {
		g.forget()
	}
	// The worker runs user code. Handing over yields to the scheduler twice,
	// without which garbage collection would never get its turn here.
	g.calls <- c
	status := <-g.done
	if kind == abi.KindSettle {
		g.frame = make([]byte, 0, readyFrame)
	}
	if cap(g.frame) > keepFrame {
		g.frame, c.Request.Body = nil, nil
	}
	return status
}

// read fetches the request frame into the reused buffer.
func (g *Guest) read(size uint32) []byte {
	if uint32(cap(g.frame)) < size {
		g.frame = make([]byte, size)
	}
	frame := g.frame[:size]
	if size == 0 {
		return frame
	}
	return frame[:g.host.RequestRead(frame, 0)]
}

// reseed passes entropy on to the host side of random state, if there is any.
func (g *Guest) reseed(entropy []byte) {
	if len(entropy) != entropySize {
		return
	}
	var seed [4]uint64
	for i := range seed {
		seed[i] = binary.LittleEndian.Uint64(entropy[8*i:])
	}
	g.host.Reseed(seed)
}

// forget drops the last request, so that it does not outlive the collection
// that settling is.
func (g *Guest) forget() {
	g.frame = nil
	g.call.Request = abi.Request{}
}
