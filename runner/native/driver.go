package native

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
)

// driver speaks to the process of one instance.
type driver interface {
	// ready waits for the process's first sign of life, until ctx is done.
	ready(ctx context.Context) error
	// hooks are those that the process says it has.
	hooks() hooks
	// invoke runs one part of the function, and returns an event's result.
	invoke(ctx context.Context, c *call) ([]byte, error)
	// close frees what is left when the process has ended.
	close()
}

// call is one part of an invocation.
type call struct {
	part     part
	ev       *runner.Event
	deadline time.Time
	timeout  time.Duration // what the program is told
}

// part is what of a function is called.
type part uint8

// The parts, with the numbers of the runtime API.
const (
	handler part = iota
	initializer
	preStop
	preFreeze
)

// phase is the part's name in the log.
func (p part) phase() logs.Phase {
	return [...]logs.Phase{handler: logs.Invoke, initializer: logs.Initialize, preStop: logs.PreStop, preFreeze: logs.PreFreeze}[p]
}

// errExited says that the process ended.
var errExited = errors.New("native: the process ended before it answered")

// errHungUp says that a server closed the connection and lives on.
var errHungUp = errors.New("native: the server closed the connection without a complete answer")

// handlerError is a failure that the function itself reported.
type handlerError struct {
	Message string `json:"errorMessage"`
	Type    string `json:"errorType"`
	Stack   frames `json:"stackTrace"`
}

// frames are the innermost of a stack, [abi.MaxStack] at most. Each may be two bytes
// long and takes forty.
type frames []*runner.StackFrame

// UnmarshalJSON implements [json.Unmarshaler].
func (f *frames) UnmarshalJSON(b []byte) error {
	*f = nil
	if string(b) == "null" {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return errors.Join(errNoStack, err)
	}
	*f = frames{} // there is one, if of nothing
	for dec.More() && len(*f) < abi.MaxStack {
		var one *runner.StackFrame
		if err := dec.Decode(&one); err != nil {
			return err
		}
		*f = append(*f, one)
	}
	return nil
}

// errNoStack says that a stack is no list.
var errNoStack = errors.New("native: the stack is no list")

func (e *handlerError) Error() string { return e.Message }

// responseError says what is wrong with an answer.
type responseError struct {
	message string
	err     error // may be nil
}

func (e *responseError) Error() string { return e.message }

func (e *responseError) Unwrap() error { return e.err }

// tooLarge is the error for an answer over the limit.
func tooLarge(observed, limit int) *responseError {
	return &responseError{
		message: fmt.Sprintf("the response has at least %d bytes, the limit is %d", observed, limit),
		err:     &runner.LimitError{What: "response", Configured: limit, Observed: observed},
	}
}
