// Package verdict has FC's words for how invocations end that the function itself
// says nothing about: error types, and messages with what was used until then.
package verdict

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Error types. The first three are the names in FC's metrics.
const (
	Timeout     = "FunctionTimeoutError"
	OutOfMemory = "FunctionOOMError"
	Unhandled   = "FunctionUnhandledError"
	Canceled    = "InvocationCanceled"
	BadResponse = "BadResponse"
)

// UnhandledError is the reason for an end in the log when the function itself
// reported the failure.
const UnhandledError = "Unhandled function error"

// HungUp is the message for a server that lives and closed the connection.
// FC, which sees processes only, has no words for it.
const HungUp = "the server closed the connection without a complete answer (its handler panicked, or it is shutting down)"

// Usage is what an invocation has used by its end.
type Usage struct {
	Took      time.Duration
	MaxMemory uint64 // bytes
}

func (u Usage) String() string {
	return fmt.Sprintf("(duration: %dms, maxMemoryUsage: %.2fMB)", u.Took.Milliseconds(), u.megabytes())
}

func (u Usage) megabytes() float64 { return float64(u.MaxMemory) / (1 << 20) }

// TimedOut is what FC says of an invocation that ran for its timeout.
func (u Usage) TimedOut(timeout time.Duration) string {
	return fmt.Sprintf("Function timed out after %s (maxMemoryUsage: %.2fMB)", seconds(timeout), u.megabytes())
}

// Exited is what FC says when a process ends during a request.
func (u Usage) Exited() string {
	return "Process exited unexpectedly before completing request " + u.String()
}

// ClientGone is what FC says when the client does not wait for the answer.
func (u Usage) ClientGone() string { return "Invocation canceled by client " + u.String() }

// Canceled is [Usage.ClientGone], unless the invocation's context was canceled
// with a cause that is no [context.Canceled]: then it has the cause.
func (u Usage) Canceled(ctx context.Context) string {
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(cause, context.Canceled) {
		return u.ClientGone()
	}
	return fmt.Sprintf("Invocation canceled: %v %s", cause, u)
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
