package front

import (
	"context"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/runner"
)

// exchange is one request and its answer. It belongs to the connection's
// goroutine and is used again for later requests.
type exchange struct {
	s  *Server
	rc *fasthttp.RequestCtx

	route     route
	target    Target // what the route leads to
	limits    Limits
	requestID string
	sent      int    // bytes of path and query as sent
	fc        bool   // the request has headers X-Fc-*
	origin    bool   // it has an Origin
	uri       string // path and query, without scheme and host
	path      string // the part of uri before the query
	query     string
	body      []byte // the request's body
	bodyRead  bool   // nothing of it is left in the connection
	unpacked  bool   // the body was decompressed
	reserved  int64  // bytes of body taken from the server's budget
	weight    int64  // the same of the answer

	ctx    context.Context
	cancel context.CancelCauseFunc
	entry  inflightEntry
	held   [2]*gate // the limits that the invocation counts against

	req    runner.HTTPRequest
	text   []byte // headers of req while they are copied
	spans  []span
	answer answer
	lines  headLines // FC's headers of the answer
	run    coroutine

	result  *runner.Result // of the invocation, once there is one
	failure failure
	record  Record
	silent  bool // the request is not over, see [Server.expect]
}

// handle serves one request. It is the fasthttp handler.
func (s *Server) handle(rc *fasthttp.RequestCtx) {
	x := s.exchanges.Get().(*exchange)
	x.s, x.rc = s, rc
	rc.Response.Header.DisableNormalizing() // its names are canonical as they are
	if err := x.guard(x.serve); err != nil {
		x.fail(err)
	}
	if x.run.suspended {
		rc.Response.ImmediateHeaderFlush = true
		rc.SetBodyStream(&x.run, x.answer.bodySize()) // closing it releases x
		return
	}
	weight := x.weight
	x.release()
	if weight > 0 {
		s.sendHeavy(rc, weight)
	}
}

// release forgets the request.
func (x *exchange) release() {
	s := x.s
	x.report()
	if x.cancel != nil {
		s.inflight.remove(&x.entry)
		x.cancel(nil)
	}
	s.bodies.release(x.reserved)
	x.dismiss()
	body, headers, text, spans, answered, packed, lines := x.body, x.req.Headers, x.text, x.spans, x.answer.headers, x.answer.packed, x.lines.text
	if cap(body) > smallBody {
		body = nil
	}
	clear(headers)
	clear(answered)
	*x = exchange{} // in place: with fields it would be made elsewhere and copied, a KiB and a half
	x.body, x.text, x.spans = body[:0], text[:0], spans[:0]
	x.req.Headers, x.answer.headers, x.answer.packed, x.lines.text = headers[:0], answered[:0], packed, lines[:0]
	x.answer.x, x.run.x = x, x
	s.exchanges.Put(x)
}

// serve takes the request to its function and back.
func (x *exchange) serve() error {
	if err := x.open(x.rc.Time()); err != nil {
		return err
	}
	if err := x.readBody(); err != nil {
		return err
	}
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	x.s.inflight.add(&x.entry, x.rc, x.cancel)
	if err := x.admit(); err != nil {
		return err
	}
	if x.route.trigger {
		return x.invokeHTTP()
	}
	return x.invokeEvent(x.target)
}

// open finds the function, and refuses what can be refused before the body is
// there.
func (x *exchange) open(now time.Time) error {
	if err := x.checkFraming(); err != nil {
		return err
	}
	x.readURI()
	if err := x.findRoute(); err != nil {
		return err
	}
	x.requestID = x.route.gen.newRequestID(now)
	x.limits = x.s.limits[x.route.gen].With(x.target.Limits)
	return x.checkHead()
}
