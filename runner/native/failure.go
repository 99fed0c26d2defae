package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// Error types of failures that are not the function's own words. The first
// three are the names in FC's metrics.
const (
	typeTimeout     = "FunctionTimeoutError"
	typeOutOfMemory = "FunctionOOMError"
	typeUnhandled   = "FunctionUnhandledError"
	typeCanceled    = "InvocationCanceled"
	typeBadResponse = "BadResponse"
)

// failure turns how a call ended into the error FC has for it, or nil, and
// takes the instance out of use where it cannot be trusted any more.
func (v *invocation) failure(in *instance, c *call, err error, took time.Duration) *runner.InvokeError {
	if err == nil {
		return nil
	}
	e := &runner.InvokeError{Function: v.f.cfg.Name(), RequestID: v.ev.RequestID, Err: err}
	mb := float64(in.proc.MaxMemory()) / (1 << 20)
	exited := fmt.Sprintf("Process exited unexpectedly before completing request (duration: %dms, maxMemoryUsage: %.2fMB)", took.Milliseconds(), mb)
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
		e.Kind, e.Message, e.Type = runner.BadResponse, answer.message, typeBadResponse
	case errors.Is(err, errExited):
		e.Kind, e.Type, e.Message = runner.Exited, typeUnhandled, exited
		if ended(in) && in.proc.Wait().OOM {
			e.Kind, e.Type = runner.OutOfMemory, typeOutOfMemory
		}
	case errors.Is(err, context.DeadlineExceeded):
		in.spoil()
		e.Kind, e.Type = runner.TimedOut, typeTimeout
		e.Message = fmt.Sprintf("Function timed out after %s (maxMemoryUsage: %.2fMB)", seconds(c.timeout), mb)
	case errors.Is(err, context.Canceled):
		if v.f.program.HealthCheck == nil {
			in.spoil() // FC restarts the instance, unless it can ask how it is
		}
		e.Kind, e.Type = runner.Canceled, typeCanceled
		e.Message = fmt.Sprintf("Invocation canceled by client (duration: %dms, maxMemoryUsage: %.2fMB)", took.Milliseconds(), mb)
	default:
		in.spoil()
		e.Kind, e.Type, e.Message = runner.ProtocolBroken, typeUnhandled, err.Error()
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

// seconds words a timeout as FC does, which knows whole seconds only.
func seconds(d time.Duration) string {
	switch {
	case d == time.Second:
		return "1 second"
	case d%time.Second == 0:
		return fmt.Sprintf("%d seconds", d/time.Second)
	}
	return fmt.Sprintf("%g seconds", d.Seconds())
}

// reason is what the End line says about a failure.
func reason(failure *runner.InvokeError) string {
	switch {
	case failure == nil:
		return ""
	case failure.Kind == runner.HandlerFailed:
		return "Unhandled function error"
	}
	return failure.Message
}
