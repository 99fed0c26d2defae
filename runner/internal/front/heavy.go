package front

import (
	"fmt"
	"io"

	"github.com/valyala/fasthttp"
)

// weigh counts an answer that was collected against the server's budget, if it is
// large: its client decides for how long it is held.
func (x *exchange) weigh(size int) error {
	if size <= maxBuffered {
		return nil
	}
	if !x.s.bodies.take(int64(size)) {
		return refuse(resourceThrottled, fmt.Sprintf("the response has %d bytes, and bodies take %d already, the limit is %d",
			size, x.s.bodies.used.Load(), x.s.bodies.limit))
	}
	x.weight = int64(size)
	return nil
}

// sendHeavy has the answer sent as a stream, of which fasthttp tells when it has
// left.
func (s *Server) sendHeavy(rc *fasthttp.RequestCtx, weight int64) {
	h := &heavy{s: s, weight: weight, body: rc.Response.Body()}
	rc.Response.SwapBody(nil) // or the buffer would be another's
	rc.SetBodyStream(h, len(h.body))
}

// heavy is the body of an answer that counts against the budget.
type heavy struct {
	s      *Server
	weight int64
	body   []byte
}

var (
	_ fasthttp.BodyWriterTo = (*heavy)(nil)
	_ io.ReadCloser         = (*heavy)(nil)
)

// SupportsBodyWriteTo implements [fasthttp.BodyWriterTo].
func (h *heavy) SupportsBodyWriteTo() bool { return true }

// WriteTo implements [io.WriterTo].
func (h *heavy) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(h.body)
	return int64(n), err
}

// Read implements [io.Reader], which fasthttp asks for but does not use.
func (h *heavy) Read([]byte) (int, error) { return 0, errNotRead }

// Close gives back what the answer was counted for.
func (h *heavy) Close() error {
	h.s.bodies.release(h.weight)
	h.weight, h.body = 0, nil
	return nil
}
