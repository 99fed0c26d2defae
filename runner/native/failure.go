package native

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// failure turns how a call ended into the error FC has for it, or nil, and
// takes the instance out of use where it cannot be trusted any more.
func (v *invocation) failure(ctx context.Context, in *instance, c *call, err error, took time.Duration) *runner.InvokeError {
	if err == nil {
		return nil
	}
	e := &runner.InvokeError{Function: v.f.cfg.Name(), RequestID: v.ev.RequestID, Err: err}
	used := verdict.Usage{Took: took, MaxMemory: uint64(max(in.proc.MaxMemory(), 0))}
	var (
		failed *handlerError
		answer *responseError
	)
	switch {
	case errors.As(err, &failed):
		e.Kind, e.Message, e.Type, e.Err = runner.HandlerFailed, failed.Message, failed.Type, nil
		for _, f := range failed.Stack {
			if f != nil { // FC's own documentation has such
				e.Stack = append(e.Stack, *f)
			}
		}
	case errors.As(err, &answer):
		e.Kind, e.Message, e.Type = runner.BadResponse, answer.message, verdict.BadResponse
	case errors.Is(err, errExited):
		e.Kind, e.Type, e.Message = runner.Exited, verdict.Unhandled, used.Exited()
		if ended(in) && in.proc.Wait().OOM {
			e.Kind, e.Type = runner.OutOfMemory, verdict.OutOfMemory
		}
	case errors.Is(err, errHungUp):
		// net/http recovered a panic: the instance is as good as before. FC does not
		// tell that from a process that is gone; the log does.
		e.Kind, e.Type, e.Message = runner.HandlerFailed, verdict.Unhandled, used.Exited()
	case errors.Is(err, context.DeadlineExceeded):
		in.spoil()
		e.Kind, e.Type = runner.TimedOut, verdict.Timeout
		e.Message = used.TimedOut(c.timeout)
	case errors.Is(err, context.Canceled):
		if v.f.program.HealthCheck == nil {
			in.spoil() // FC restarts the instance, unless it can ask how it is
		}
		e.Kind, e.Type = runner.Canceled, verdict.Canceled
		e.Message = used.Canceled(ctx)
	default:
		in.spoil()
		e.Kind, e.Type, e.Message = runner.ProtocolBroken, verdict.Unhandled, err.Error()
	}
	return e
}

func ended(in *instance) bool {
	select {
	case <-in.proc.Done():
		return true
	default:
		return false
	}
}

// reason is what the End line says about a failure.
func reason(failure *runner.InvokeError) string {
	switch {
	case failure == nil:
		return ""
	case failure.Kind == runner.HandlerFailed:
		return verdict.UnhandledError
	}
	return failure.Message
}
