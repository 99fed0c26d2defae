package front

import (
	"errors"
	"fmt"
	"io"

	"github.com/valyala/fasthttp"
)

// coroutine runs a function that answers over HTTP. Where its answer is a
// stream it stops after the head, and is then the body that fasthttp sends:
// WriteTo lets the function go on and write to the connection itself.
type coroutine struct {
	x         *exchange
	on        *stage // nil when the function is not running there
	suspended bool   // it has stopped, or had once
	resumed   bool   // it got to write
	err       error  // of the function
}

var (
	_ fasthttp.BodyWriterTo = (*coroutine)(nil)
	_ io.ReadCloser         = (*coroutine)(nil)
)

// start calls the function until it ends or suspends.
func (c *coroutine) start() error {
	c.on = c.x.s.stages.take()
	c.on.plays = c
	c.resume()
	if c.suspended {
		return nil
	}
	return c.err
}

// resume lets the function go on until it ends or suspends. It does nothing when
// the function has ended.
func (c *coroutine) resume() {
	on := c.on
	if on == nil {
		return
	}
	on.next()
	if on.plays == nil {
		c.on = nil
		c.x.s.stages.put(on)
	}
}

// suspend stops the function after its head, where that is possible and the
// client can take a stream.
func (c *coroutine) suspend() {
	if c.on != nil && !c.suspended && (c.x.answer.size >= 0 || c.x.rc.Request.Header.IsHTTP11()) {
		c.x.answer.streams = true
		c.x.answer.applyHead()
		c.x.common()
		c.suspended = true
		c.on.yield(struct{}{})
	}
}

// SupportsBodyWriteTo implements [fasthttp.BodyWriterTo].
func (c *coroutine) SupportsBodyWriteTo() bool { return true }

// WriteTo implements [io.WriterTo]. An error breaks the connection off, so that
// the client sees that the answer is not whole.
func (c *coroutine) WriteTo(w io.Writer) (int64, error) {
	a := &c.x.answer
	a.out, c.resumed = w, true
	if a.coding != identity {
		a.pack()
	}
	c.resume()
	err := c.err
	if err == nil {
		err = a.bad
	}
	if a.coding != identity {
		if err == nil && a.size > a.written {
			err = fmt.Errorf("front: the response body has %d bytes, it was said to have %d", a.written, a.size)
		}
		if e := a.unpack(err == nil); err == nil {
			err = e
		}
	}
	a.out = nil
	if err == nil {
		return a.written, nil
	}
	c.x.failed(err)
	if !c.x.failure.gone { // most event streams end with their clients leaving
		c.x.s.cfg.Logger.Info("front: streamed answer broken off",
			"request", c.x.requestID, "function", c.x.route.name, "error", err)
	}
	return a.written, &brokenOff{err}
}

// brokenOff is why a streamed answer is not whole. It has been logged where that
// is worth a line.
type brokenOff struct{ err error }

func (e *brokenOff) Error() string { return "front: streamed answer broken off: " + e.err.Error() }

func (e *brokenOff) Unwrap() error { return e.err }

var errNotRead = errors.New("front: a streamed answer is not read but written")

// Read implements [io.Reader], which fasthttp asks for but does not use.
func (c *coroutine) Read([]byte) (int, error) { return 0, errNotRead }

// Close ends the function if it never got to write, and the exchange with it.
func (c *coroutine) Close() error {
	x := c.x
	if x == nil || !c.suspended {
		return nil
	}
	x.cancel(errClientGone)
	if x.answer.bad == nil {
		x.answer.bad = errClientGone
	}
	if !c.resumed {
		x.failed(errClientGone)
	}
	c.resume()
	if x.answer.held {
		x.s.encoders.streams.Add(-1)
	}
	x.release()
	return nil
}
