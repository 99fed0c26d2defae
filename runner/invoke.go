package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/pool"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// Invoke runs the function with an event and returns its answer. A program that
// is a server gets it as POST /invoke, and the body of its answer is the
// function's; see [Server].
//
// # Errors
//
// Before the function has started: [*LimitError], [ErrThrottled], [ErrClosed],
// ctx's error. From then on an [*InvokeError], and then the result is there as
// well, with the log and the usage.
func (f *Function) Invoke(ctx context.Context, ev Event) (*Result, error) {
	v := invocation{f: f, ev: ev, kind: abi.KindInvoke, limit: f.cfg.maxEvent}
	return v.start(ctx)
}

// start runs the invocation in the way the module is called.
func (v *invocation) start(ctx context.Context) (*Result, error) {
	if v.f.module.Style() == engine.Command {
		return v.runCommand(ctx)
	}
	if v.f.serves() {
		return v.serveEvent(ctx)
	}
	return v.run(ctx)
}

// invocation is one event on its way through a function.
type invocation struct {
	f    *Function
	ev   Event
	kind abi.Kind
	http *HTTPRequest // of KindHTTP
	sink engine.HTTPSink
	// limit is the most bytes the payload may have.
	limit   int
	control string         // FC's control path, of a server
	log     *logs.Recorder // of a server's request
	timeout time.Duration  // what it may take, where that is not the function's timeout
}

// admit checks the event and gets an instance.
func (v *invocation) admit(ctx context.Context) (*instance, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if n := len(v.ev.Payload); n > v.limit {
		return nil, false, &LimitError{What: "event", Configured: v.limit, Observed: n}
	}
	if v.ev.RequestID == "" {
		v.ev.RequestID = NewRequestID()
	}
	in, made, err := v.f.pool.Get(ctx)
	switch {
	case err == nil:
		return in, made, nil
	case errors.Is(err, pool.ErrLate):
		return nil, false, fmt.Errorf("%w: %s", ErrThrottled, verdict.Late(v.f.cfg.name, v.f.cfg.maxInstances, v.f.cfg.queueTimeout))
	case errors.Is(err, pool.ErrFull):
		return nil, false, fmt.Errorf("%w: %s", ErrThrottled, verdict.Full(v.f.cfg.name, v.f.cfg.maxInstances, v.f.pool.Stats().Waiting))
	case errors.Is(err, pool.ErrClosed):
		return nil, false, ErrClosed
	}
	var boot *InvokeError
	if errors.As(err, &boot) {
		boot.RequestID = v.ev.RequestID
		return nil, false, boot
	}
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	return nil, false, &InvokeError{
		Kind: BootFailed, Function: v.f.cfg.name, RequestID: v.ev.RequestID, Err: err,
		Type: "FunctionNotStarted", Message: err.Error(),
	}
}

// run takes the invocation from admission to its result.
func (v *invocation) run(ctx context.Context) (*Result, error) {
	in, made, err := v.admit(ctx)
	if err != nil {
		return nil, err
	}
	in.eng.Recorder().Begin(v.ev.RequestID)
	if failure := v.initialize(ctx, in); failure != nil {
		res := v.result(in, made, 0)
		v.f.release(in)
		return res, failure
	}
	failure, took := v.call(ctx, in)
	res := v.result(in, made, took)
	if failure == nil && v.kind == abi.KindInvoke {
		if res.Payload = in.call.Payload; cap(res.Payload) > keepPayload {
			in.call.Payload = nil
		} else {
			res.Payload = append([]byte(nil), res.Payload...)
		}
	}
	v.f.release(in)
	if failure != nil {
		return res, failure
	}
	return res, nil
}

// keepPayload is how large an array of an answer may be, in bytes, that an instance
// keeps for the next one.
const keepPayload = 64 << 10

// call runs the handler. What it answered is in the instance's call.
func (v *invocation) call(ctx context.Context, in *instance) (*InvokeError, time.Duration) {
	rec := in.eng.Recorder()
	rec.Start(logs.Invoke)
	start := time.Now()
	c := &in.call
	c.Kind, c.HTTP = v.kind, v.sink
	c.Deadline, c.Done = v.deadline(ctx, start), ctx.Done()
	c.PayloadLimit = v.f.cfg.maxPayload
	v.frame(in, c.Deadline)
	status, err := in.eng.Call(c)
	took := time.Since(start)
	in.invocations++
	v.f.touch(start)
	v.f.count(c.Ticks)
	failure := v.failure(ctx, in, status, err, took)
	v.end(rec, logs.Invoke, failure)
	return failure, took
}

// deadline is the first of the function's timeout, the event's deadline and
// the caller's.
func (v *invocation) deadline(ctx context.Context, start time.Time) time.Time {
	d := start.Add(v.f.cfg.timeout)
	if !v.ev.Deadline.IsZero() && v.ev.Deadline.Before(d) {
		d = v.ev.Deadline
	}
	if cd, ok := ctx.Deadline(); ok && cd.Before(d) {
		d = cd
	}
	return d
}

// frame encodes the request for the guest.
func (v *invocation) frame(in *instance, deadline time.Time) {
	b := v.context(in, deadline)
	if v.kind == abi.KindHTTP {
		h := abi.HTTPRequest{
			Method: v.http.Method, RequestURI: v.http.URI, Path: v.http.Path,
			ClientIP: v.http.ClientIP, Host: v.http.Host, Protocol: v.http.Protocol, Headers: v.http.Headers,
		}
		b = h.AppendTo(b)
	}
	if len(v.ev.Payload) > 0 {
		b = abi.AppendHeader(b, abi.TagBody, len(v.ev.Payload))
	}
	in.head = b
	in.call.Head, in.call.Body = b, v.ev.Payload
}

// context encodes the invocation context, into the instance's buffer.
func (v *invocation) context(in *instance, deadline time.Time) []byte {
	b := append(in.head[:0], v.f.prefix...)
	keys := v.f.cfg.credentials
	if v.ev.Credentials != (Credentials{}) {
		keys = v.ev.Credentials
	}
	b = abi.AppendString(b, abi.TagRequestID, v.ev.RequestID)
	b = abi.AppendUint64(b, abi.TagDeadline, uint64(deadline.Add(in.eng.Ahead()).UnixMilli()))
	b = abi.AppendString(b, abi.TagAccessKeyID, keys.AccessKeyID)
	b = abi.AppendString(b, abi.TagAccessKeySecret, keys.AccessKeySecret)
	b = abi.AppendString(b, abi.TagSecurityToken, keys.SecurityToken)
	b = abi.AppendString(b, abi.TagSpanContext, v.ev.Tracing.SpanContext)
	b = abi.AppendString(b, abi.TagJaegerEndpoint, v.ev.Tracing.JaegerEndpoint)
	for k, val := range v.ev.Tracing.SpanBaggages {
		b = abi.AppendPair(b, abi.TagSpanBaggage, k, val)
	}
	if v.ev.RetryCount != 0 {
		b = abi.AppendUint32(b, abi.TagRetryCount, uint32(v.ev.RetryCount))
	}
	if in.eng.Fresh() {
		b = appendEntropy(b)
	}
	return b
}

// result reports what the invocation cost.
func (v *invocation) result(in *instance, made bool, took time.Duration) *Result {
	res := &Result{
		RequestID: v.ev.RequestID,
		Usage: Usage{
			Duration: took, MemoryLimit: v.f.cfg.memory, MaxMemory: in.eng.MemorySize(), Checksum: v.f.Checksum(),
			CPU: in.call.CPU, Ticks: in.call.Ticks, ColdStart: made, InstanceID: in.id,
		},
	}
	if v.ev.WithLog {
		res.Log = append([]byte(nil), in.eng.Recorder().Tail()...)
	}
	return res
}
