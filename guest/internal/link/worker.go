package link

import (
	"fmt"

	"github.com/wafer-run/wafer/abi"
)

// work serves calls for ever. It is a goroutine of its own for three reasons:
// a handler may end it (runtime.Goexit) without taking the entry point along,
// its stack stays as large as the handler once needed it, and the hand-over
// lets the scheduler run.
func (g *Guest) work() {
	var c *Call
	defer func() {
		status := c.Fail(unfinished(recover()))
		go g.work()
		g.done <- status
	}()
	for c = range g.calls {
		g.done <- g.handler.Handle(c)
	}
}

// unfinished describes a call that did not return, but panicked with v, or
// ended its goroutine if v is nil.
func unfinished(v interface{}) *abi.Error {
	if v != nil {
		return &abi.Error{Message: fmt.Sprint(v), Type: "Panic"}
	}
	return &abi.Error{Message: "the handler ended its goroutine with runtime.Goexit", Type: "Goexit"}
}
