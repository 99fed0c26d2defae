package runner

import (
	"context"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/memory"
)

// initialize runs the initializer, if there is one that has not succeeded in
// this instance yet. A failure fails the invocation; the next one tries again.
func (v *invocation) initialize(ctx context.Context, in *instance) *InvokeError {
	if in.initialized || in.boot.Hooks&abi.HookInitialize == 0 {
		return nil
	}
	failure := v.hook(ctx, in, abi.KindInitialize, logs.Initialize, v.f.cfg.initTimeout)
	in.initialized = failure == nil
	return failure
}

// hook runs one lifecycle hook as a part of the invocation.
func (v *invocation) hook(ctx context.Context, in *instance, kind abi.Kind, phase logs.Phase, timeout time.Duration) *InvokeError {
	if in.serving != nil {
		return v.serveHook(ctx, in, kind, phase, timeout)
	}
	rec := in.eng.Recorder()
	rec.Start(phase)
	start := time.Now()
	c := &in.call
	c.Kind, c.HTTP, c.PayloadLimit = kind, nil, 0
	c.Deadline, c.Done = start.Add(timeout), ctx.Done()
	in.head = v.context(in, c.Deadline)
	c.Head, c.Body = in.head, nil
	status, err := in.eng.Call(c)
	var failure *InvokeError
	if status != abi.StatusUnsupported || err != nil {
		part := *v
		part.timeout = timeout
		failure = part.failure(ctx, in, status, err, time.Since(start))
	}
	v.end(rec, phase, failure)
	return failure
}

// freezeDelay is how long an instance must have been idle before its
// pre-freeze hook runs. Without it, a caller who comes back at once would find
// the instance busy with the hook and wait for another one.
const freezeDelay = 20 * time.Millisecond

// release gives the instance back, or destroys it when it must not be used
// again.
func (f *Function) release(in *instance) {
	in.call.Body, in.call.HTTP, in.call.Done, in.call.Failure = nil, nil, nil, nil
	if cap(in.call.Payload) > keepPayload {
		in.call.Payload = nil
	}
	f.learn(in)
	f.charge(in)
	defer f.runner.reclaim()
	switch {
	case in.eng.Dead():
		f.pool.Drop(in)
	case f.cfg.isolation == IsolationRequest:
		f.renew(in)
	case f.cfg.maxInvocations > 0 && in.invocations >= f.cfg.maxInvocations:
		go f.pool.Drop(in)
	default:
		hooked := in.boot.Hooks&abi.HookPreFreeze != 0
		in.thawed.Store(hooked)
		f.pool.Put(in) // from here on it may be somebody else's
		if hooked {
			time.AfterFunc(freezeDelay, func() { f.freeze(in) })
		}
	}
}

// freeze runs the pre-freeze hook of an instance that has been idle since it
// was last used.
func (f *Function) freeze(in *instance) {
	if !f.pool.Take(in) {
		return // in use again, or gone
	}
	if in.thawed.Swap(false) {
		f.background(in, abi.KindPreFreeze, logs.PreFreeze, f.cfg.freezeTimeout)
	}
	if in.dead() {
		f.pool.Drop(in)
		return
	}
	f.pool.Put(in)
}

// rest makes an instance that has been idle for a while small.
func (f *Function) rest(in *instance) {
	if in.eng == nil || in.serving != nil && !in.serving.driver.Rest(restGrace) {
		return
	}
	var likely memory.WorkingSet
	if w := f.working.Load(); w != nil {
		likely = *w
	}
	in.eng.Rest(likely)
	in.head, in.call = nil, engine.Call{}
	f.charge(in)
}

// learn notes what the first invocation that ended well touched, once, so that
// later instances are made with it at hand.
func (f *Function) learn(in *instance) {
	if f.snap == nil || f.working.Load() != nil || in.dead() {
		return
	}
	if w, err := in.eng.Learn(); err == nil {
		f.working.Store(&w)
	}
}

// renew makes an instance as good as new for the next request, or replaces it.
// The pre-freeze and pre-stop hooks are part of a life that ends here: they
// have nothing to keep.
func (f *Function) renew(in *instance) {
	if f.snap == nil || !in.eng.CanReset() || f.retired(in) {
		f.pool.Drop(in)
		return
	}
	if _, err := in.eng.Reset(f.snap); err != nil {
		f.pool.Drop(in)
		return
	}
	in.initialized = f.snap.Initialized
	f.pool.Put(in)
}

// background runs a hook that no caller waits for.
func (f *Function) background(in *instance, kind abi.Kind, phase logs.Phase, timeout time.Duration) {
	v := invocation{f: f, ev: Event{RequestID: NewRequestID()}}
	in.eng.Recorder().Begin(v.ev.RequestID)
	_ = v.hook(context.Background(), in, kind, phase, timeout) // it is in the log
}

// destroy runs the pre-stop hook of an instance that still can, and frees it.
func (f *Function) destroy(in *instance) {
	if in.eng == nil {
		return
	}
	if f.cfg.isolation == IsolationInstance {
		if in.thawed.Load() && !in.dead() {
			f.background(in, abi.KindPreFreeze, logs.PreFreeze, f.cfg.freezeTimeout)
		}
		if !in.dead() && in.boot.Hooks&abi.HookPreStop != 0 {
			f.background(in, abi.KindPreStop, logs.PreStop, f.cfg.stopTimeout)
		}
	}
	if in.serving != nil {
		in.serving.end()
	}
	in.eng.Close()
	f.discharge(in)
}
