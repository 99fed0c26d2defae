package front

import (
	"context"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/runner"
)

// exchange is one request and its answer. It belongs to the connection's
// goroutine and is used again for later requests.
type exchange struct {
	s  *Server
	rc *fasthttp.RequestCtx

	route     route
	limits    Limits
	requestID string
	uri       string // path and query as sent, without scheme and host
	path      string // the part of uri before the query
	query     string
	body      []byte // the request's body
	bodyRead  bool   // nothing of it is left in the connection
	reserved  int64  // bytes of body taken from the server's budget

	ctx    context.Context
	cancel context.CancelCauseFunc
	entry  inflightEntry

	req    runner.HTTPRequest
	text   []byte // headers of req while they are copied
	spans  []span
	answer answer
	run    coroutine
}

// handle serves one request. It is the fasthttp handler.
func (s *Server) handle(rc *fasthttp.RequestCtx) {
	x := s.exchanges.Get().(*exchange)
	x.s, x.rc = s, rc
	if err := x.guard(x.serve); err != nil {
		x.fail(err)
	}
	if x.run.suspended {
		rc.Response.ImmediateHeaderFlush = true
		rc.SetBodyStream(&x.run, x.answer.bodySize()) // closing it releases x
		return
	}
	x.release()
}

// release forgets the request.
func (x *exchange) release() {
	s := x.s
	if x.cancel != nil {
		s.inflight.remove(&x.entry)
		x.cancel(nil)
	}
	s.bodies.release(x.reserved)
	body, headers, text, spans, answered := x.body, x.req.Headers, x.text, x.spans, x.answer.headers
	if cap(body) > smallBody {
		body = nil
	}
	clear(headers)
	clear(answered)
	*x = exchange{body: body[:0], text: text[:0], spans: spans[:0]}
	x.req.Headers, x.answer.headers = headers[:0], answered[:0]
	x.answer.x, x.run.x = x, x
	s.exchanges.Put(x)
}

// serve takes the request to its function and back.
func (x *exchange) serve() error {
	x.readURI()
	if err := x.findRoute(); err != nil {
		return err
	}
	x.requestID = x.route.gen.newRequestID()
	t, err := x.findFunction()
	if err != nil {
		return err
	}
	x.limits = x.s.limits[x.route.gen].With(t.Limits)
	if err := x.checkHead(); err != nil {
		return err
	}
	if err := x.readBody(); err != nil {
		return err
	}
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	x.s.inflight.add(&x.entry, x.rc, x.cancel)
	if x.route.trigger {
		return x.invokeHTTP(t)
	}
	return x.invokeEvent(t)
}

// readURI takes the request's URI apart.
func (x *exchange) readURI() {
	x.uri = string(x.rc.RequestURI())
	if !strings.HasPrefix(x.uri, "/") {
		if _, rest, ok := strings.Cut(x.uri, "://"); ok { // as sent to a proxy
			if i := strings.IndexAny(rest, "/?"); i < 0 {
				x.uri = "/"
			} else if x.uri = rest[i:]; x.uri[0] == '?' {
				x.uri = "/" + x.uri
			}
		}
	}
	x.path, x.query, _ = strings.Cut(x.uri, "?")
}

// findRoute decides what the request is.
func (x *exchange) findRoute() error {
	var ok bool
	if x.route, ok = matchRoute(x.path, x.query); ok {
		if !x.route.trigger && !x.rc.IsPost() {
			return refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
		}
		return nil
	}
	if strings.HasPrefix(x.path, api2) {
		x.route.gen = FC2 // of the error
	}
	if named := x.rc.Request.Header.Peek(hTarget); len(named) > 0 {
		// The function's name is in the header, the path is all its own.
		if x.route, ok = matchRoute("/"+strings.TrimPrefix(string(named), "/"), ""); !ok || !x.route.trigger {
			return refuse(invalidArgument, hTarget+" is '"+string(named)+"', want 2016-08-15/proxy/{service}[.{qualifier}]/{function}")
		}
		x.route.path = x.path
		return nil
	}
	if _, ok = x.s.cfg.Functions.Single(); !ok {
		return refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
	}
	x.route = route{trigger: true, public: true, path: x.path}
	return nil
}

// findFunction looks the route's function up.
func (x *exchange) findFunction() (Target, error) {
	r := &x.route
	if r.public {
		if t, ok := x.s.cfg.Functions.Single(); ok {
			return t, nil
		}
		return Target{}, refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
	}
	t, err := x.s.cfg.Functions.Lookup(r.service, r.name, r.qualifier)
	if err != nil {
		return Target{}, r.notFound(err)
	}
	return t, nil
}

// decodedPath is the path that a trigger's function sees.
func (x *exchange) decodedPath() (string, error) {
	p, err := url.PathUnescape(x.route.path)
	if err != nil {
		return "", refuse(invalidArgument, "the path '"+x.route.path+"' is not percent-encoded: "+err.Error())
	}
	return p, nil
}
