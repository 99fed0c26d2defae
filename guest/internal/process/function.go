//go:build !wasip1

package process

import "github.com/wafer-run/wafer/abi"

// Function is what a process serves.
//
// # Concurrency
//
// Safe for concurrent use, as far as the user's handler is: invocations of one
// process may overlap, as with the FC Go SDK.
type Function interface {
	// Info says what the function handles, and which hooks it has.
	Info() abi.BootInfo
	// Invoke runs one part of the function. It returns also when user code
	// panics or ends its goroutine. The request must stay as it is from now
	// on: the handler may keep its body.
	Invoke(kind abi.Kind, q *abi.Request) *Answer
}
