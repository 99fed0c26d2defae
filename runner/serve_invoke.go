package runner

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
	"github.com/wafer-run/wafer/runner/internal/serve"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// Paths of FC's custom runtime, which double as control paths.
const (
	pathInvoke     = "/invoke"
	pathHTTPInvoke = "/http-invoke"
	pathInitialize = "/initialize"
	pathPreFreeze  = "/pre-freeze"
	pathPreStop    = "/pre-stop"
)

// serveEvent is Invoke for servers.
func (v *invocation) serveEvent(ctx context.Context) (*Result, error) {
	sink := &eventSink{f: v.f, requestID: &v.ev.RequestID}
	v.control = pathInvoke
	res, err := v.serve(ctx, eventRequest(http.MethodPost, pathInvoke, v.ev.Payload), sink)
	if err == nil {
		res.Payload = sink.payload
	}
	return res, err
}

// eventRequest is a request of the platform's own.
func eventRequest(method, path string, body []byte) *serve.Request {
	r := &serve.Request{Method: method, URI: path, Body: body}
	if path == pathInvoke { // FC's requests for hooks have no body
		r.Headers = []abi.Pair{{Key: "Content-Type", Value: "application/octet-stream"}}
	}
	return r
}

// serveHTTP is InvokeHTTP for servers.
func (f *Function) serveHTTP(ctx context.Context, req *HTTPRequest, w HTTPWriter) (*Result, error) {
	v := &invocation{f: f, ev: req.Event, kind: abi.KindHTTP, http: req, limit: f.cfg.maxEvent, control: pathHTTPInvoke}
	r := &serve.Request{Method: req.Method, URI: req.URI, Host: req.Host, Body: req.Payload}
	for _, h := range req.Headers {
		if !platformHeader(h.Key) || strings.EqualFold(h.Key, "x-fc-base-path") {
			r.Headers = append(r.Headers, h)
		}
	}
	return v.serve(ctx, r, &httpServerSink{w: w})
}

// serverHeaders are FC's common headers.
func (v *invocation) serverHeaders() []abi.Pair {
	keys := v.f.cfg.credentials
	if v.ev.Credentials != (Credentials{}) {
		keys = v.ev.Credentials
	}
	call := fccontext.Call{
		AccessKeyID: keys.AccessKeyID, AccessKeySecret: keys.AccessKeySecret, SecurityToken: keys.SecurityToken,
		RetryCount:  v.ev.RetryCount,
		SpanContext: v.ev.Tracing.SpanContext, JaegerEndpoint: v.ev.Tracing.JaegerEndpoint, SpanBaggages: v.ev.Tracing.SpanBaggages,
	}
	all := make([]abi.Pair, 0, 20)
	all = append(all, abi.Pair{Key: "x-fc-request-id", Value: v.ev.RequestID}, abi.Pair{Key: "x-fc-control-path", Value: v.control})
	return append(call.AppendHeaders(all), v.f.common...)
}

// httpServerSink hands a server's answer to an [HTTPWriter].
type httpServerSink struct{ w HTTPWriter }

func (s *httpServerSink) WriteHead(status int, headers []abi.Pair, size int64) error {
	kept := headers[:0]
	for _, h := range headers {
		if !platformHeader(h.Key) {
			kept = append(kept, h)
		}
	}
	if s.w.WriteHead(status, kept, size) != nil {
		return errSinkClosed
	}
	return nil
}

func (s *httpServerSink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil {
		return n, errSinkClosed
	}
	return n, nil
}

func (s *httpServerSink) failed() error { return nil }

// eventSink keeps the body of an answer to an event. Of status and headers only
// x-fc-status counts.
type eventSink struct {
	f         *Function
	requestID *string
	payload   []byte
	unhandled bool
}

func (s *eventSink) WriteHead(_ int, headers []abi.Pair, size int64) error {
	for _, h := range headers {
		if strings.EqualFold(h.Key, "x-fc-status") && h.Value == "404" {
			s.unhandled = true
		}
	}
	if limit := s.f.cfg.maxPayload; size > int64(limit) {
		return &LimitError{What: "response", Configured: limit, Observed: int(size)}
	}
	return nil
}

func (s *eventSink) Write(p []byte) (int, error) {
	if n, limit := len(s.payload)+len(p), s.f.cfg.maxPayload; n > limit {
		return 0, &LimitError{What: "response", Configured: limit, Observed: n}
	}
	s.payload = append(s.payload, p...)
	return len(p), nil
}

// failed words a failure that the program reports. Where the body is an error
// in FC's form it is taken as that.
func (s *eventSink) failed() error {
	if !s.unhandled {
		return nil
	}
	var body struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
		Stack   stack  `json:"stackTrace"`
	}
	e := &InvokeError{Message: string(s.payload)}
	if json.Unmarshal(s.payload, &body) == nil && body.Message != "" {
		e.Message, e.Type, e.Stack = body.Message, body.Type, body.Stack
	}
	if e.Type == "" {
		e.Type = verdict.Unhandled
	}
	e.Kind, e.Function, e.RequestID = HandlerFailed, s.f.cfg.name, *s.requestID
	return e
}
