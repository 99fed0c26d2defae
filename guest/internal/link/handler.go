package link

import "github.com/wafer-run/wafer/abi"

// Handler is a function that has started: the thing behind fc.Start.
type Handler interface {
	// Handle runs one call, writes its answer, and returns its status. The
	// first call is of kind boot; its answer is what the function is. Handle
	// does not panic, but it need not return: user code may end the goroutine.
	Handle(c *Call) abi.Status
}
