package native

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/trigger"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
)

// InvokeHTTP runs the function with an HTTP request. A [Custom] server gets it
// as it is, and its answer is written to w as it comes. A [Go1] program gets it
// in the [Form] that it takes.
//
// # Errors
//
// Those of [Function.Invoke]. Where w.WriteHead was called before the failure,
// the answer is incomplete and the connection should be broken off.
func (f *Function) InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error) {
	v := invocation{f: f, ev: req.Event, what: "request body"}
	return v.run(ctx, func(ctx context.Context, in *instance, c *call, log *instancelog.Entry) error {
		req.RequestID = v.ev.RequestID
		switch d := in.driver.(type) {
		case *custom:
			return d.invokeHTTP(ctx, c, req, w)
		case *go1:
			return f.invokeGo1(ctx, d, c, req, w, log)
		}
		return errors.New("native: the instance has no driver for HTTP")
	})
}

// invokeGo1 is InvokeHTTP for programs that pull their invocations.
func (f *Function) invokeGo1(ctx context.Context, g *go1, c *call, req *runner.HTTPRequest, w runner.HTTPWriter, log *instancelog.Entry) error {
	if f.params.Load() {
		return g.invokeHTTP(ctx, c, req, w)
	}
	event := *c
	ev := *c.ev
	ev.Payload = (&trigger.Request{
		Method: req.Method, URI: req.URI, Path: req.Path, Host: req.Host, ClientIP: req.ClientIP,
		Protocol: req.Protocol, RequestID: req.RequestID, AccountID: f.cfg.Account(),
		Headers: req.Headers, Body: req.Payload, Time: time.Now(),
	}).AppendEvent(nil)
	event.ev = &ev
	payload, err := g.invoke(ctx, &event)
	if f.wants(err) {
		// Nothing of the function has run. From now on it gets what it wants.
		log.Restart()
		log.Start(logs.Invoke)
		return g.invokeHTTP(ctx, c, req, w)
	}
	if err != nil {
		return err
	}
	answer, err := trigger.ParseResult(payload)
	if err != nil {
		return &responseError{message: err.Error(), err: err}
	}
	return writeAnswer(ctx, w, answer.Status, answer.Headers, answer.Body)
}
