package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
)

// Error types of failures that are not the handler's own words. The first
// three are the names in FC's metrics.
const (
	typeTimeout     = "FunctionTimeoutError"
	typeOutOfMemory = "FunctionOOMError"
	typeUnhandled   = "FunctionUnhandledError"
	typeCanceled    = "InvocationCanceled"
	typeBadResponse = "BadResponse"
)

// failure turns how a call ended into the error FC has for it, or nil.
func (v *invocation) failure(in *instance, status abi.Status, err error, took time.Duration) *InvokeError {
	c := &in.call
	if err == nil && status == abi.StatusOK && c.Overflow == 0 {
		return nil // the way of most calls allocates nothing
	}
	e := &InvokeError{Function: v.f.cfg.name, RequestID: v.ev.RequestID}
	switch {
	case err != nil:
		e.Err = err
		v.describe(e, err, in, took)
	case c.Overflow > 0:
		limit := &LimitError{What: "response", Configured: c.PayloadLimit, Observed: c.Overflow}
		e.Kind, e.Type, e.Err = BadResponse, typeBadResponse, limit
		e.Message = fmt.Sprintf("the response has at least %d bytes, the limit is %d", c.Overflow, c.PayloadLimit)
	case status == abi.StatusError:
		e.Kind, e.Message, e.Type = HandlerFailed, c.Failure.Message, c.Failure.Type
		for _, f := range c.Failure.Stack {
			e.Stack = append(e.Stack, StackFrame{Path: f.Path, Line: int32(f.Line), Label: f.Label})
		}
	case status == abi.StatusUnsupported:
		e.Kind, e.Type = ProtocolBroken, typeUnhandled
		e.Message = fmt.Sprintf("the function does not handle %s calls (it is built for %s)", c.Kind, handles(in.boot.Handles))
	default:
		e.Kind, e.Type, e.Message = ProtocolBroken, typeUnhandled, fmt.Sprintf("the guest answered %s", status)
	}
	return e
}

// describe words an error of the engine.
func (v *invocation) describe(e *InvokeError, err error, in *instance, took time.Duration) {
	var (
		exit  *engine.Exit
		trap  *engine.Trap
		fault *hostfns.Fault
	)
	mb := float64(in.memorySize()) / (1 << 20)
	exited := exitedMessage(in, took)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Type = TimedOut, typeTimeout
		e.Message = fmt.Sprintf("Function timed out after %s (maxMemoryUsage: %.2fMB)", seconds(v.f.cfg.timeout), mb)
	case errors.Is(err, context.Canceled):
		e.Kind, e.Type = Canceled, typeCanceled
		e.Message = fmt.Sprintf("Invocation canceled by client (duration: %dms, maxMemoryUsage: %.2fMB)", took.Milliseconds(), mb)
	case in.eng.TookRefusal():
		e.Kind, e.Type, e.Message = OutOfMemory, typeOutOfMemory, exited
	case errors.As(err, &exit):
		e.Kind, e.Type, e.Message = Exited, typeUnhandled, exited
	case errors.As(err, &fault):
		e.Kind, e.Type, e.Message = ProtocolBroken, typeUnhandled, fault.Error()
	case errors.As(err, &trap) && trap.Reason == "unreachable":
		// That is how abort is spelled in wasm. Go's runtime ends so after a
		// fatal error, because it takes itself for a library; it has printed why.
		e.Kind, e.Type, e.Message = Exited, typeUnhandled, exited
	case errors.As(err, &trap):
		e.Kind, e.Type, e.Message = Trapped, typeUnhandled, exited
		in.eng.Recorder().Host("wafer: " + trap.Error() + "\n" + trap.Stack)
	default:
		e.Kind, e.Type, e.Message = ProtocolBroken, typeUnhandled, err.Error()
	}
}

// exitedMessage is what FC says when a process ends during a request.
func exitedMessage(in *instance, took time.Duration) string {
	return fmt.Sprintf("Process exited unexpectedly before completing request (duration: %dms, maxMemoryUsage: %.2fMB)",
		took.Milliseconds(), float64(in.memorySize())/(1<<20))
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

func handles(h abi.Handles) string {
	switch {
	case h&abi.HandlesEvent != 0 && h&abi.HandlesHTTP != 0:
		return "events and HTTP"
	case h&abi.HandlesHTTP != 0:
		return "HTTP"
	}
	return "events"
}

// unhandledError is the reason for an end in the log when the function itself
// reported the failure.
const unhandledError = "Unhandled function error"

// end closes a phase in the log, with the error as the FC Go SDK prints it.
func (v *invocation) end(rec *logs.Recorder, phase logs.Phase, failure *InvokeError) {
	if failure == nil {
		rec.End(phase, "")
		return
	}
	reason := failure.Message
	if failure.Kind == HandlerFailed {
		reason = unhandledError
		if text, err := json.MarshalIndent(failure, "", " "); err == nil {
			rec.Host(time.Now().UTC().Format("2006/01/02 15:04:05.000000") + "  " + failure.RequestID + " [ERROR] " + string(text))
		}
	}
	rec.End(phase, reason)
}
