package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/pool"
	"github.com/wafer-run/wafer/runner/internal/verdict"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
)

// Invoke runs the function with an event and returns its answer.
//
// # Errors
//
// Those of [runner.Function.Invoke]. An instance that does not start is a
// [*runner.InvokeError] of kind BootFailed, whose Type is FC's code for it:
// FunctionNotStarted, CAExited, CAFilePermission or CAFileNotFound. A
// [*RequestIDError] is for an id that cannot be used.
func (f *Function) Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error) {
	v := invocation{f: f, ev: ev, what: "event"}
	var payload []byte
	res, err := v.run(ctx, func(ctx context.Context, in *instance, c *call, _ *instancelog.Entry) (err error) {
		payload, err = in.driver.invoke(ctx, c)
		f.wants(err)
		return err
	})
	if err == nil {
		res.Payload = payload
	}
	return res, err
}

// invocation is one event on its way through a function.
type invocation struct {
	f    *Function
	ev   runner.Event
	what string // of the payload, in errors
}

// work calls the handler.
type work func(ctx context.Context, in *instance, c *call, log *instancelog.Entry) error

// run takes the invocation from admission to its result.
func (v *invocation) run(ctx context.Context, do work) (*runner.Result, error) {
	in, made, err := v.admit(ctx)
	if err != nil {
		return nil, err
	}
	defer v.f.release(in)
	release, err := in.reserve(v.ev.RequestID)
	if err != nil {
		return nil, err
	}
	defer release()
	in.invocations.Add(1)
	v.f.invocations.Add(1)
	log := in.log.Begin(v.ev.RequestID)
	defer log.Close()
	if failure := v.initialize(ctx, in, log); failure != nil {
		return v.result(in, log, made, 0), failure
	}
	failure, took := v.call(ctx, in, log, handler, v.f.cfg.Timeout(), do)
	res := v.result(in, log, made, took)
	if failure != nil {
		return res, failure
	}
	return res, nil
}

// admit checks the event and gets an instance.
func (v *invocation) admit(ctx context.Context) (*instance, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if n, limit := len(v.ev.Payload), v.f.cfg.MaxEvent(); n > limit {
		return nil, false, &runner.LimitError{What: v.what, Configured: limit, Observed: n}
	}
	if v.ev.RequestID == "" {
		v.ev.RequestID = runner.NewRequestID()
	} else if err := v.f.checkID(v.ev.RequestID); err != nil {
		return nil, false, err
	}
	for {
		in, made, err := v.f.pool.Get(ctx)
		if err != nil {
			return nil, false, v.refused(ctx, err)
		}
		if made || !in.dead() {
			return in, made, nil
		}
		v.f.pool.Drop(in) // it ended while it was idle
	}
}

// refused words an error of the pool.
func (v *invocation) refused(ctx context.Context, err error) error {
	var boot *runner.InvokeError
	switch {
	case errors.Is(err, pool.ErrLate):
		_, within := v.f.cfg.Queue()
		return fmt.Errorf("%w: %s", runner.ErrThrottled, verdict.Late(v.f.cfg.Name(), v.f.most, within))
	case errors.Is(err, pool.ErrFull):
		return fmt.Errorf("%w: %s", runner.ErrThrottled, verdict.Full(v.f.cfg.Name(), v.f.most, v.f.pool.Stats().Waiting))
	case errors.Is(err, pool.ErrClosed), errors.Is(err, runner.ErrClosed):
		return runner.ErrClosed
	case errors.As(err, &boot):
		own := *boot // several may have waited for the same instance
		own.RequestID = v.ev.RequestID
		return &own
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &runner.InvokeError{
		Kind: runner.BootFailed, Function: v.f.cfg.Name(), RequestID: v.ev.RequestID, Err: err,
		Type: codeNotStarted, Message: err.Error(),
	}
}

// call runs one part of the function between its Start and End lines.
func (v *invocation) call(parent context.Context, in *instance, log *instancelog.Entry, p part, timeout time.Duration, do work) (*runner.InvokeError, time.Duration) {
	log.Start(p.phase())
	start := time.Now()
	c := &call{part: p, ev: &v.ev, timeout: timeout, deadline: start.Add(timeout)}
	if p == handler && !v.ev.Deadline.IsZero() && v.ev.Deadline.Before(c.deadline) {
		c.deadline = v.ev.Deadline
	}
	ctx, cancel := context.WithDeadline(parent, c.deadline)
	defer cancel()
	err := do(ctx, in, c, log)
	took := time.Since(start)
	if errors.Is(err, errReported) {
		log.End(p.phase(), verdict.UnhandledError)
		return nil, took
	}
	if errors.Is(err, errHungUp) {
		log.Host("wafer: " + verdict.HungUp)
	}
	failure := v.failure(parent, in, c, err, took)
	log.End(p.phase(), reason(failure))
	return failure, took
}

// result reports what the invocation cost.
func (v *invocation) result(in *instance, log *instancelog.Entry, made bool, took time.Duration) *runner.Result {
	res := &runner.Result{
		RequestID: v.ev.RequestID,
		Usage: runner.Usage{
			Duration: took, MemoryLimit: v.f.cfg.Memory(), MaxMemory: uint64(max(in.proc.MaxMemory(), 0)),
			Checksum: v.f.checksum, ColdStart: made, InstanceID: in.id,
		},
	}
	if v.ev.WithLog {
		res.Log = log.Tail()
	}
	return res
}
