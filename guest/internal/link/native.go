//go:build !wasip1

package link

import (
	"fmt"
	"sync"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/process"
)

// native is a function that is a process of its own: the same calls as in a
// sandbox, but as many at a time as somebody asks for.
type native struct {
	handler Handler
	info    abi.BootInfo
}

// newNative asks the handler what it is.
func newNative(h Handler) (*native, error) {
	fn := &native{handler: h}
	parts := &parts{}
	if status := fn.handle(&Call{Kind: abi.KindBoot, out: parts}); status != abi.StatusOK {
		return nil, fmt.Errorf("the handler does not boot: %s", status)
	}
	if err := fn.info.Decode(parts.boot); err != nil {
		return nil, fmt.Errorf("the handler does not boot: %w", err)
	}
	return fn, nil
}

// Info implements [process.Function].
func (fn *native) Info() abi.BootInfo { return fn.info }

// Invoke implements [process.Function].
func (fn *native) Invoke(kind abi.Kind, q *abi.Request) *process.Answer {
	parts := &parts{}
	status := fn.handle(&Call{Kind: kind, Request: *q, out: parts})
	return parts.close(kind, status)
}

// handle runs a call in a goroutine of its own, as user code may end it.
func (fn *native) handle(c *Call) abi.Status {
	done := make(chan abi.Status, 1)
	go func() {
		returned := false
		defer func() {
			if returned {
				return
			}
			done <- c.Fail(unfinished(recover()))
		}()
		status := fn.handler.Handle(c)
		returned = true
		done <- status
	}()
	return <-done
}

// parts collects an answer. A handler may leave goroutines behind that go on
// writing: what comes after close is turned away.
type parts struct {
	mu      sync.Mutex
	closed  bool
	payload []byte
	boot    []byte
	head    []byte
	body    []byte
	failure []byte
}

// ResponseWrite implements [responses].
func (p *parts) ResponseWrite(part abi.Part, b []byte) abi.Errno {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return abi.ErrnoClosed
	}
	switch part {
	case abi.PartPayload:
		p.payload = append(p.payload, b...)
	case abi.PartBoot:
		p.boot = append(p.boot, b...)
	case abi.PartHTTPHead:
		p.head = append(p.head, b...)
	case abi.PartHTTPBody:
		p.body = append(p.body, b...)
	case abi.PartError:
		p.failure = append(p.failure[:0], b...)
	default:
		return abi.ErrnoOrder
	}
	return abi.ErrnoOK
}

// close returns what was collected until now.
func (p *parts) close(kind abi.Kind, status abi.Status) *process.Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	switch status {
	case abi.StatusOK:
	case abi.StatusError:
		failure := &abi.Error{}
		if err := failure.Decode(p.failure); err != nil {
			return process.Failed(err.Error(), "FrameError")
		}
		return &process.Answer{Failure: failure}
	default:
		return process.Failed(fmt.Sprintf("the handler does not take %s calls: %s", kind, status), "errorString")
	}
	if kind != abi.KindHTTP {
		return &process.Answer{Body: p.payload}
	}
	a := &process.Answer{Head: &abi.HTTPHead{}, Body: p.body}
	if err := a.Head.Decode(p.head); err != nil {
		return process.Failed(err.Error(), "FrameError")
	}
	return a
}
