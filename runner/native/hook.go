package native

import (
	"context"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
)

// initialize runs the initializer, if there is one that has not succeeded in
// this instance yet. A failure fails the invocation; the next one tries again.
// Of several at once, one runs it and the others wait.
func (v *invocation) initialize(ctx context.Context, in *instance, log *instancelog.Entry) *runner.InvokeError {
	if !in.hooks.initializer || in.initialized.Load() {
		return nil
	}
	select {
	case in.gate <- struct{}{}:
	case <-ctx.Done():
		return v.failure(ctx, in, &call{timeout: v.f.cfg.Timeout()}, ctx.Err(), 0)
	}
	defer func() { <-in.gate }()
	if in.initialized.Load() {
		return nil
	}
	failure, _ := v.call(ctx, in, log, initializer, v.f.cfg.InitializationTimeout(), runHook)
	if failure == nil {
		in.initialized.Store(true)
	}
	return failure
}

// background runs a hook that no caller waits for.
func (in *instance) background(p part) {
	v := invocation{f: in.f, ev: runner.Event{RequestID: runner.NewRequestID()}}
	freeze, stop := in.f.cfg.HookTimeouts()
	timeout := freeze
	if p == preStop {
		timeout = stop
	}
	log := in.log.Begin(v.ev.RequestID)
	defer log.Close()
	_, _ = v.call(in.f.life, in, log, p, timeout, runHook) // it is in the log
}

func runHook(ctx context.Context, in *instance, c *call, _ *instancelog.Entry) error {
	_, err := in.driver.invoke(ctx, c)
	return err
}
