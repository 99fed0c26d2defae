package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/serve"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// initializeServer is initialize for servers, whose instances may serve several
// requests that all have to wait for it.
func (v *invocation) initializeServer(ctx context.Context, in *instance) *InvokeError {
	if in.boot.Hooks&abi.HookInitialize == 0 {
		return nil
	}
	in.serving.init.Lock()
	defer in.serving.init.Unlock()
	return v.initialize(ctx, in)
}

// serveHook is hook for servers.
func (v *invocation) serveHook(ctx context.Context, in *instance, kind abi.Kind, phase logs.Phase, timeout time.Duration) *InvokeError {
	method, path := http.MethodGet, pathPreStop
	switch kind {
	case abi.KindInitialize:
		method, path = http.MethodPost, pathInitialize
	case abi.KindPreFreeze:
		path = pathPreFreeze
	}
	rec := v.log // the initializer is a part of the request that it is run for
	if rec == nil {
		rec = in.eng.Recorder().Fork(v.ev.RequestID)
		defer in.eng.Recorder().Join(rec)
	}
	rec.Start(phase)
	start := time.Now()
	hook := invocation{f: v.f, ev: v.ev, control: path, timeout: timeout}
	r := eventRequest(method, path, nil)
	r.Extra = hook.serverHeaders()
	sink := &hookSink{}
	d := in.serving.driver
	x := serve.Exchange{Driver: d, Deadline: start.Add(timeout), Limit: maxServerHead}
	d.Enter()
	err := x.Do(ctx, r, sink)
	if err == nil && (sink.status < 200 || sink.status > 299) {
		err = &InvokeError{
			Kind: HandlerFailed, Function: v.f.cfg.name, RequestID: v.ev.RequestID, Type: verdict.Unhandled,
			Message: fmt.Sprintf("%s %s was answered with status %d, want 200: %s", method, path, sink.status, sink.text),
		}
	}
	if c := x.Conn(); err != nil && c != nil && !c.Released() && !d.Dead() && errors.Is(err, context.DeadlineExceeded) {
		d.Kill(serve.ErrKilled)
	}
	d.Leave()
	failure := hook.serverFailure(ctx, in, err, time.Since(start))
	v.end(rec, phase, failure)
	return failure
}

// hookSink keeps what a failure is worded with.
type hookSink struct {
	status int
	text   []byte
}

func (s *hookSink) WriteHead(status int, _ []abi.Pair, _ int64) error {
	s.status = status
	return nil
}

func (s *hookSink) Write(p []byte) (int, error) {
	const most = 1024
	s.text = append(s.text, p[:min(len(p), most-len(s.text))]...)
	return len(p), nil
}

// warmServer sends a warm-up event to a server.
func (v *invocation) warmServer(ctx context.Context, in *instance) *InvokeError {
	v.control = pathInvoke
	x := &serverCall{v: v, in: in, rec: in.eng.Recorder().Fork(v.ev.RequestID)}
	defer in.eng.Recorder().Join(x.rec)
	failure := x.do(ctx, eventRequest(http.MethodPost, pathInvoke, v.ev.Payload), &eventSink{f: v.f, requestID: &v.ev.RequestID})
	in.serving.driver.Leave()
	return failure
}

// settleServer brings a server to where it can be saved: no connection is open,
// and nothing runs.
func (in *instance) settleServer(deadline time.Time) error {
	if in.serving == nil {
		return nil
	}
	in.serving.driver.Forget()
	if !in.serving.driver.Rest(time.Until(deadline)) {
		return fmt.Errorf("the server does not come to rest: %w", in.serving.driver.Err())
	}
	if err := in.eng.Quiesce(deadline); err != nil {
		return fmt.Errorf("the server does not come to rest: %w", err)
	}
	return nil
}
