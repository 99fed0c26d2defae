package runner

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// failure turns how a call ended into the error FC has for it, or nil.
func (v *invocation) failure(ctx context.Context, in *instance, status abi.Status, err error, took time.Duration) *InvokeError {
	c := &in.call
	if err == nil && status == abi.StatusOK && c.Overflow == 0 {
		return nil // the way of most calls allocates nothing
	}
	e := &InvokeError{Function: v.f.cfg.name, RequestID: v.ev.RequestID}
	switch {
	case err != nil:
		e.Err = err
		v.describe(ctx, e, err, in, took)
	case c.Overflow > 0:
		limit := &LimitError{What: "response", Configured: c.PayloadLimit, Observed: c.Overflow}
		e.Kind, e.Type, e.Err = BadResponse, verdict.BadResponse, limit
		e.Message = fmt.Sprintf("the response has at least %d bytes, the limit is %d", c.Overflow, c.PayloadLimit)
	case status == abi.StatusError:
		e.Kind, e.Message, e.Type = HandlerFailed, c.Failure.Message, c.Failure.Type
		for _, f := range c.Failure.Stack {
			e.Stack = append(e.Stack, StackFrame{Path: f.Path, Line: int32(f.Line), Label: f.Label})
		}
	case status == abi.StatusUnsupported:
		e.Kind, e.Type = ProtocolBroken, verdict.Unhandled
		e.Message = fmt.Sprintf("the function does not handle %s calls (it is built for %s)", c.Kind, handles(in.boot.Handles))
	default:
		e.Kind, e.Type, e.Message = ProtocolBroken, verdict.Unhandled, fmt.Sprintf("the guest answered %s", status)
	}
	return e
}

// describe words an error of the engine.
func (v *invocation) describe(ctx context.Context, e *InvokeError, err error, in *instance, took time.Duration) {
	var (
		exit  *engine.Exit
		trap  *engine.Trap
		fault *hostfns.Fault
	)
	used := in.used(took)
	exited := used.Exited()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Type = TimedOut, verdict.Timeout
		e.Message = used.TimedOut(cmp.Or(v.timeout, v.f.cfg.timeout))
	case errors.Is(err, context.Canceled):
		e.Kind, e.Type = Canceled, verdict.Canceled
		e.Message = used.Canceled(ctx)
	case in.eng.TookRefusal():
		e.Kind, e.Type, e.Message = OutOfMemory, verdict.OutOfMemory, exited
	case errors.As(err, &exit):
		e.Kind, e.Type, e.Message = Exited, verdict.Unhandled, exited
	case errors.As(err, &fault):
		e.Kind, e.Type, e.Message = ProtocolBroken, verdict.Unhandled, fault.Error()
	case errors.As(err, &trap) && trap.Reason == "unreachable":
		// That is how abort is spelled in wasm. Go's runtime ends so after a
		// fatal error, because it takes itself for a library; it has printed why.
		e.Kind, e.Type, e.Message = Exited, verdict.Unhandled, exited
	case errors.As(err, &trap):
		e.Kind, e.Type, e.Message = Trapped, verdict.Unhandled, exited
		in.eng.Recorder().Host("wafer: " + trap.Error() + "\n" + trap.Stack)
	default:
		e.Kind, e.Type, e.Message = ProtocolBroken, verdict.Unhandled, err.Error()
	}
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

// end closes a phase in the log, with the error as the FC Go SDK prints it.
func (v *invocation) end(rec *logs.Recorder, phase logs.Phase, failure *InvokeError) {
	if failure == nil {
		rec.End(phase, "")
		return
	}
	reason := failure.Message
	if failure.Kind == HandlerFailed {
		reason = verdict.UnhandledError
		if text, err := json.MarshalIndent(failure.brief(), "", " "); err == nil {
			rec.Host(time.Now().UTC().Format("2006/01/02 15:04:05.000000") + "  " + failure.RequestID + " [ERROR] " + string(text))
		}
	}
	rec.End(phase, reason)
}

// brief returns as much of an error as the log takes: as JSON it would have six times
// its size, for every request that fails with it.
func (e *InvokeError) brief() *InvokeError {
	b := *e
	b.Message, b.Type = b.Message[:min(len(b.Message), logs.MaxLine)], b.Type[:min(len(b.Type), logs.MaxLine)]
	room := logs.MaxRequest / 8
	for i, f := range b.Stack {
		if room -= len(f.Path) + len(f.Label) + 64; room < 0 {
			b.Stack = b.Stack[:i]
			break
		}
	}
	return &b
}
