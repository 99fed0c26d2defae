package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/serve"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

const (
	// isolationGrace is how long a handler may go on after its request has
	// been given up, before the instance pays for it.
	isolationGrace = time.Second
	// restGrace is how long a server may go on after its last request.
	restGrace = time.Second
	// maxServerHead is the largest head of a server's answer in bytes.
	maxServerHead = 1 << 20
)

// serving is what an instance has whose program is a server.
type serving struct {
	driver *serve.Driver
	served atomic.Int64
	init   sync.Mutex // held while the initializer runs

	tally   sync.Mutex
	counted int64 // ticks that the accounts know of
}

// serves reports whether the function's program is a server.
func (f *Function) serves() bool { return f.boot.Handles&abi.HandlesConnections != 0 }

// equip makes an instance that has booted, or was restored, ready to serve.
func (f *Function) equip(in *instance) *instance {
	if in.boot.Handles&abi.HandlesConnections == 0 {
		return in
	}
	in.boot.Hooks = f.cfg.server.hooks()
	head := func() []byte {
		if in.eng.Fresh() {
			return appendEntropy(nil)
		}
		return nil
	}
	in.serving = &serving{}
	in.serving.driver = serve.NewDriver(in.eng, head, func() { f.countServer(in, 0) }, restGrace, func() { f.overdue(in) })
	return in
}

// countServer notes ended invocations, and what the instance has done since it
// was last asked, which is not all theirs.
func (f *Function) countServer(in *instance, invocations int64) {
	s := in.serving
	s.tally.Lock()
	defer s.tally.Unlock()
	now := in.eng.Progress().Ticks
	for _, a := range []*account{&f.account, f.tenant} {
		a.invocations.Add(invocations)
		a.ticks.Add(now - s.counted)
	}
	s.counted = now
}

// dead reports whether the instance may no longer be called.
func (in *instance) dead() bool {
	if in.serving != nil {
		return in.serving.driver.Dead()
	}
	return in.eng.Dead()
}

// memorySize is the size of the instance's memory in bytes.
func (in *instance) memorySize() uint64 {
	if in.serving != nil {
		if n := in.eng.Progress().Memory; n > 0 {
			return n
		}
	}
	return in.eng.MemorySize()
}

// used is what an invocation has used that ends now.
func (in *instance) used(took time.Duration) verdict.Usage {
	return verdict.Usage{Took: took, MaxMemory: in.memorySize()}
}

// serve is run for a server: it takes the invocation from admission to its
// result.
func (v *invocation) serve(ctx context.Context, r *serve.Request, sink serverSink) (*Result, error) {
	in, made, err := v.admit(ctx)
	if err != nil {
		return nil, err
	}
	rec := in.eng.Recorder().Fork(v.ev.RequestID)
	v.log = rec
	x := &serverCall{v: v, in: in, rec: rec, before: in.eng.Progress()}
	failure := v.initializeServer(ctx, in)
	if failure == nil {
		failure = x.do(ctx, r, sink)
	}
	res := x.result(made)
	in.eng.Recorder().Join(rec)
	x.release(failure)
	if failure != nil {
		return res, failure
	}
	return res, nil
}

// serverSink takes a server's answer.
type serverSink interface {
	serve.Sink
	// failed says what is wrong with the answer as a whole, or nil.
	failed() error
}

// serverCall is one request to a server.
type serverCall struct {
	v      *invocation
	in     *instance
	rec    *logs.Recorder
	before engine.Progress
	took   time.Duration

	exchange serve.Exchange
	err      error // of the exchange
}

// do sends the request and hands on the answer.
func (x *serverCall) do(ctx context.Context, r *serve.Request, sink serverSink) *InvokeError {
	v, d := x.v, x.in.serving.driver
	x.rec.Start(logs.Invoke)
	start := time.Now()
	r.Extra = append(r.Extra, v.serverHeaders()...)
	x.exchange = serve.Exchange{Driver: d, Deadline: v.deadline(ctx, start), Limit: maxServerHead}
	d.Enter()
	err := x.exchange.Do(ctx, r, sink)
	x.took = time.Since(start)
	x.err = err
	x.in.serving.served.Add(1)
	v.f.touch(start)
	v.f.countServer(x.in, 1)
	if err != nil {
		failure := v.serverFailure(ctx, x.in, err, x.took)
		v.end(x.rec, logs.Invoke, failure)
		return failure
	}
	failure := v.serverFailure(ctx, x.in, sink.failed(), x.took)
	if failure == nil {
		v.end(x.rec, logs.Invoke, nil)
		return nil
	}
	x.rec.End(logs.Invoke, verdict.UnhandledError) // what a server reports it writes to the log itself
	return failure
}

// result reports what the invocation cost. What an instance did while it served
// several requests at once counts for each of them.
func (x *serverCall) result(made bool) *Result {
	v, now := x.v, x.in.eng.Progress()
	res := &Result{
		RequestID: v.ev.RequestID,
		Usage: Usage{
			Duration: x.took, MemoryLimit: v.f.cfg.memory, MaxMemory: x.in.memorySize(), Checksum: v.f.Checksum(),
			CPU: now.CPU - x.before.CPU, Ticks: now.Ticks - x.before.Ticks, ColdStart: made, InstanceID: x.in.id,
		},
	}
	if v.ev.WithLog {
		res.Log = slices.Clone(x.rec.Tail())
	}
	return res
}

// release gives the instance back. When the guest may still be at work for a
// request that was given up, that is seen to first, while the caller goes on.
func (x *serverCall) release(failure *InvokeError) {
	f, in, d := x.v.f, x.in, x.in.serving.driver
	conn := x.exchange.Conn()
	switch {
	case x.exchange.Driver == nil: // the initializer failed
		f.releaseServer(in, true)
	case failure != nil && failure.Kind == TimedOut && d.Alone():
		d.Kill(serve.ErrKilled)
		d.Leave()
		f.releaseServer(in, false)
	case x.err == nil || conn == nil || d.Dead() || conn.Released():
		d.Leave()
		f.releaseServer(in, true)
	default:
		go func() {
			good := d.Isolate(conn, isolationGrace)
			d.Leave()
			f.releaseServer(in, good)
		}()
	}
}

// releaseServer gives back an instance of a server. good says that nothing of a
// request is left in it that does not belong there.
func (f *Function) releaseServer(in *instance, good bool) {
	defer f.runner.reclaim()
	d := in.serving.driver
	switch {
	case !good || d.Dead():
		f.pool.Drop(in)
	case f.cfg.isolation == IsolationRequest: // nobody else has it
		if !d.Rest(restGrace) {
			f.pool.Drop(in)
			return
		}
		f.learn(in)
		f.charge(in)
		d.Reset()
		f.renew(in)
	case f.retired(in):
		go f.pool.Drop(in)
	default:
		f.charge(in)
		hooked := in.boot.Hooks&abi.HookPreFreeze != 0
		in.thawed.Store(hooked)
		f.pool.Put(in) // from here on it may be somebody else's
		if hooked {
			time.AfterFunc(freezeDelay, func() { f.freeze(in) })
		}
		if f.snap != nil && f.working.Load() == nil {
			time.AfterFunc(freezeDelay, func() { f.study(in) })
		}
	}
}

// overdue ends an instance that nobody uses and that does not come to rest: it would
// run for as long as it is kept, without a deadline.
func (f *Function) overdue(in *instance) { f.atRest(in, freezeDelay, func() {}) }

// study is learn for an instance that others may have.
func (f *Function) study(in *instance) { f.atRest(in, restGrace, func() { f.learn(in) }) }

// atRest calls do while the instance rests, unless it is in use again or gone. One
// that does not come to rest within grace is dropped.
func (f *Function) atRest(in *instance, grace time.Duration, do func()) {
	if !f.pool.Take(in) {
		return
	}
	if !in.serving.driver.Rest(grace) {
		f.pool.Drop(in)
		return
	}
	do()
	f.pool.Put(in)
}

// retired reports whether the instance has served its number of invocations.
func (f *Function) retired(in *instance) bool {
	n := in.invocations
	if in.serving != nil {
		n = int(in.serving.served.Load())
	}
	return f.cfg.maxInvocations > 0 && n >= f.cfg.maxInvocations
}

// end ends what runs in an instance that is about to be destroyed.
func (s *serving) end() {
	s.driver.Forget()
	s.driver.Rest(restGrace)
}

// serverFailure turns how an exchange ended into the error FC has for it, or
// nil.
func (v *invocation) serverFailure(ctx context.Context, in *instance, err error, took time.Duration) *InvokeError {
	if err == nil {
		return nil
	}
	var failed *InvokeError
	if errors.As(err, &failed) {
		return failed
	}
	e := &InvokeError{Function: v.f.cfg.name, RequestID: v.ev.RequestID, Err: err}
	var limit *LimitError
	var answer *serve.AnswerError
	var request *serve.RequestError
	switch {
	case errors.As(err, &limit):
		e.Kind, e.Type = BadResponse, verdict.BadResponse
		e.Message = fmt.Sprintf("the response has at least %d bytes, the limit is %d", limit.Observed, limit.Configured)
	case errors.As(err, &answer), errors.As(err, &request):
		e.Kind, e.Type, e.Message = BadResponse, verdict.BadResponse, err.Error()
	case errors.Is(err, errSinkClosed):
		e.Kind, e.Type = Canceled, verdict.Canceled
		e.Message = in.used(took).Canceled(ctx)
	case errors.Is(err, serve.ErrClosed):
		e.Kind, e.Type = HandlerFailed, verdict.Unhandled
		e.Message = verdict.HungUp
	case errors.Is(err, serve.ErrKilled):
		e.Kind, e.Type, e.Message = Exited, verdict.Unhandled, in.used(took).Exited()
	default:
		v.describe(ctx, e, err, in, took)
	}
	return e
}

// errSinkClosed says that nobody takes the answer any more.
var errSinkClosed = errors.New("runner: the client is gone")

// platformHeader reports whether a header is the platform's: guests and callers
// cannot set it for each other.
func platformHeader(key string) bool {
	const prefix = "x-fc-"
	return len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
}
