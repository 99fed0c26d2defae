package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wafer-run/wafer/abi"
)

// Errors of waiting for an instance.
var (
	// ErrThrottled says that all instances are busy and the queue is full, or
	// that waiting in it took too long.
	ErrThrottled = errors.New("runner: all instances are busy")
	// ErrClosed says that the function or the runner was closed.
	ErrClosed = errors.New("runner: closed")
)

// LoadError says why a module could not be loaded as a function.
type LoadError struct {
	Function string
	Err      error
}

func (e *LoadError) Error() string {
	return fmt.Sprintf("runner: loading function %q: %v", e.Function, e.Err)
}

func (e *LoadError) Unwrap() error { return e.Err }

// LimitError says that something is larger than it may be.
type LimitError struct {
	What       string // for example "event"
	Configured int    // bytes
	Observed   int    // bytes
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("runner: the %s has %d bytes, the limit is %d", e.What, e.Observed, e.Configured)
}

// ErrorKind says what went wrong in an invocation.
type ErrorKind uint8

const (
	// HandlerFailed: the handler returned an error or panicked. The instance
	// lives on.
	HandlerFailed ErrorKind = iota
	// BootFailed: the instance did not come up.
	BootFailed
	// Exited: os.Exit, log.Fatal or a fatal error of the guest's runtime.
	Exited
	// TimedOut: the invocation ran into its deadline.
	TimedOut
	// OutOfMemory: the guest died after it was refused more memory.
	OutOfMemory
	// Trapped: the guest executed something invalid.
	Trapped
	// Canceled: the caller gave up. The message has the context's cause where
	// that is no [context.Canceled].
	Canceled
	// BadResponse: the answer is over a limit, or not what it should be.
	BadResponse
	// ProtocolBroken: the guest does not keep to the ABI.
	ProtocolBroken
)

var kindNames = [...]string{
	"handler failed", "boot failed", "exited", "timed out", "out of memory",
	"trapped", "canceled", "bad response", "protocol broken",
}

// String returns the kind in words.
func (k ErrorKind) String() string { return kindNames[k] }

// StackFrame is one line of a stack trace, innermost first.
type StackFrame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}

// InvokeError is a failed invocation, in the words FC has for it. It matches
// [context.DeadlineExceeded] and [context.Canceled] where that is the reason.
type InvokeError struct {
	Kind      ErrorKind    `json:"-"`
	Function  string       `json:"-"`
	RequestID string       `json:"-"`
	Err       error        `json:"-"` // the cause inside wafer, or nil
	Message   string       `json:"errorMessage"`
	Type      string       `json:"errorType"`
	Stack     []StackFrame `json:"stackTrace,omitempty"`
}

func (e *InvokeError) Error() string {
	of := ""
	if e.RequestID != "" { // an instance may have been started for no request
		of = "request " + e.RequestID + ": "
	}
	return fmt.Sprintf("runner: invoking function %q: %s%s: %s", e.Function, of, e.Kind, e.Message)
}

func (e *InvokeError) Unwrap() error { return e.Err }

// Is makes timeouts and cancellations match the errors of package context.
func (e *InvokeError) Is(target error) bool {
	return e.Kind == TimedOut && target == context.DeadlineExceeded ||
		e.Kind == Canceled && target == context.Canceled
}

// stack is the innermost frames of a stack as a guest sends it. Each may be two
// bytes long there, and takes forty.
type stack []StackFrame

// UnmarshalJSON implements [json.Unmarshaler].
func (s *stack) UnmarshalJSON(b []byte) error {
	*s = nil
	dec := json.NewDecoder(bytes.NewReader(b))
	if start, err := dec.Token(); err != nil || start == nil {
		return err
	} else if start != json.Delim('[') {
		return fmt.Errorf("runner: the stack is no list: %v", start)
	}
	for dec.More() && len(*s) < abi.MaxStack {
		var f StackFrame
		if err := dec.Decode(&f); err != nil {
			return err
		}
		*s = append(*s, f)
	}
	return nil
}

// JSON is the error body that FC's callers see.
func (e *InvokeError) JSON() []byte {
	b, err := json.Marshal(e)
	if err != nil { // no field can fail to marshal
		return []byte(`{"errorMessage":"unprintable error"}`)
	}
	return b
}
