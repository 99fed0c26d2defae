package runner

import (
	"context"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/trigger"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// InvokeHTTP runs the function with an HTTP request. A program that is a server
// gets it as it is, with FC's common headers in place of any x-fc- headers of
// the caller's, X-Fc-Base-Path aside. It, or a handler that takes HTTP, writes
// its answer to w as it goes; another one gets the request as an event
// in the form of FC's HTTP trigger, and its result becomes the answer.
//
// # Errors
//
// Those of [Function.Invoke]. Where w.WriteHead was called before the failure,
// the answer is incomplete and the connection should be broken off.
func (f *Function) InvokeHTTP(ctx context.Context, req *HTTPRequest, w HTTPWriter) (*Result, error) {
	if !f.HandlesHTTP() {
		return f.invokeTrigger(ctx, req, w)
	}
	if f.serves() {
		return f.serveHTTP(ctx, req, w)
	}
	sink := &httpSink{w: w}
	v := invocation{f: f, ev: req.Event, kind: abi.KindHTTP, http: req, sink: sink, limit: f.cfg.maxEvent}
	res, err := v.run(ctx)
	if err == nil && !sink.headSent {
		sink.WriteHead(&abi.HTTPHead{BodySize: 1})
	}
	return res, err
}

// invokeTrigger is InvokeHTTP for event handlers.
func (f *Function) invokeTrigger(ctx context.Context, req *HTTPRequest, w HTTPWriter) (*Result, error) {
	if req.RequestID == "" {
		req.RequestID = NewRequestID()
	}
	ev := req.Event
	if n := len(ev.Payload); n > f.cfg.maxEvent {
		return nil, &LimitError{What: "request body", Configured: f.cfg.maxEvent, Observed: n}
	}
	ev.Payload = (&trigger.Request{
		Method: req.Method, URI: req.URI, Path: req.Path, Host: req.Host, ClientIP: req.ClientIP,
		Protocol: req.Protocol, RequestID: req.RequestID, AccountID: f.cfg.account,
		Headers: req.Headers, Body: req.Payload, Time: time.Now(),
	}).AppendEvent(nil)
	// The event is larger than the body it carries; the limit is the body's.
	v := invocation{f: f, ev: ev, kind: abi.KindInvoke, limit: len(ev.Payload)}
	res, err := v.start(ctx)
	if err != nil {
		return res, err
	}
	answer, err := trigger.ParseResult(res.Payload)
	if err != nil {
		return res, &InvokeError{Kind: BadResponse, Function: f.cfg.name, RequestID: req.RequestID,
			Err: err, Type: verdict.BadResponse, Message: err.Error()}
	}
	res.Payload = nil
	if w.WriteHead(answer.Status, answer.Headers, int64(len(answer.Body))) == nil && len(answer.Body) > 0 {
		_, _ = w.Write(answer.Body) // a client that is gone needs no answer
	}
	return res, nil
}

// httpSink hands a guest's HTTP answer to an [HTTPWriter].
type httpSink struct {
	w        HTTPWriter
	headSent bool
	gone     bool
}

var _ engine.HTTPSink = (*httpSink)(nil)

// WriteHead implements [engine.HTTPSink].
func (s *httpSink) WriteHead(h *abi.HTTPHead) abi.Errno {
	status := int(h.Status)
	if status == 0 {
		status = 200
	}
	s.headSent = true
	if s.w.WriteHead(status, h.Headers, int64(h.BodySize)-1) != nil {
		s.gone = true
	}
	return s.errno()
}

// WriteBody implements [engine.HTTPSink].
func (s *httpSink) WriteBody(b []byte) abi.Errno {
	if !s.headSent {
		s.WriteHead(&abi.HTTPHead{})
	}
	if !s.gone {
		if _, err := s.w.Write(b); err != nil {
			s.gone = true
		}
	}
	return s.errno()
}

func (s *httpSink) errno() abi.Errno {
	if s.gone {
		return abi.ErrnoClosed
	}
	return abi.ErrnoOK
}
