package link

import (
	"fmt"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/stack"
)

// bootError is the type of errors that keep a function from starting.
const bootError = "BootError"

// boot runs the program's main up to its call of Start, and lets what started
// say what it is.
func (g *Guest) boot(c *Call, frame []byte) abi.Status {
	var q abi.BootRequest
	if err := q.Decode(frame); err != nil {
		return abi.StatusMalformed
	}
	if g.booted {
		return c.Fail(&abi.Error{Message: "booted already", Type: bootError})
	}
	ended := make(chan *abi.Error, 1)
	go g.runMain(ended)
	select {
	case <-g.started:
	case e := <-ended:
		return c.Fail(e)
	}
	g.booted = true
	go g.work()
	g.calls <- c
	return <-g.done
}

// runMain runs main, and reports its end if it ends.
func (g *Guest) runMain(ended chan<- *abi.Error) {
	returned := false
	defer func() {
		e := &abi.Error{Message: "main returned without calling fc.Start", Type: bootError}
		if v := recover(); v != nil {
			e.Message = "main panicked before calling fc.Start: " + fmt.Sprint(v)
			for _, f := range stack.Capture(0) {
				e.Stack = append(e.Stack, abi.StackFrame{Path: f.Path, Line: uint32(f.Line), Label: f.Label})
			}
		} else if !returned {
			e.Message = "main ended its goroutine before calling fc.Start"
		}
		ended <- e
	}()
	g.main()
	returned = true
}
