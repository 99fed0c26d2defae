package engine

import (
	"context"
	"errors"
	"fmt"
)

// Errors of Prepare. They say why a file is no function.
type (
	// ModuleError says what is wrong with a wasm file.
	ModuleError struct {
		Reason string
		Err    error // may be nil
	}
	// VersionError says that a guest speaks another version of the ABI.
	VersionError struct{ Guest, Host int }
)

func (e *ModuleError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("engine: checking module: %s: %v", e.Reason, e.Err)
	}
	return "engine: checking module: " + e.Reason
}

func (e *ModuleError) Unwrap() error { return e.Err }

func (e *VersionError) Error() string {
	return fmt.Sprintf("engine: checking module: the guest speaks ABI version %d, this host speaks version %d: rebuild it with a wafer of the same generation", e.Guest, e.Host)
}

// Errors of Call. After any of them the instance must be closed or reset.
var (
	// ErrDeadline says that the call's deadline passed. It matches
	// [context.DeadlineExceeded].
	ErrDeadline error = &killed{"engine: call ended at its deadline", context.DeadlineExceeded}
	// ErrCanceled says that the caller gave up. It matches [context.Canceled].
	ErrCanceled error = &killed{"engine: call canceled", context.Canceled}
)

type killed struct {
	text  string
	cause error
}

func (e *killed) Error() string        { return e.text }
func (e *killed) Is(target error) bool { return target == e.cause }

type (
	// Exit says that the guest ended its process: os.Exit, log.Fatal, or a
	// fatal error of its runtime.
	Exit struct{ Code uint32 }
	// Trap says that the guest trapped.
	Trap struct {
		Reason string // for example "unreachable"
		Stack  string // wasm stack trace, may be empty
	}
	// ProtocolError says that the guest did not keep to the ABI.
	ProtocolError struct{ Reason string }
)

func (e *Exit) Error() string          { return fmt.Sprintf("engine: guest exited with code %d", e.Code) }
func (e *Trap) Error() string          { return "engine: guest trapped: " + e.Reason }
func (e *ProtocolError) Error() string { return "engine: guest broke the ABI: " + e.Reason }

// ErrBusy says that an instance was asked for a second call while one runs.
// It is a bug of the caller.
var ErrBusy = errors.New("engine: instance is already in a call")
