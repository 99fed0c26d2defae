package fc

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/allocator"
	"github.com/wafer-run/wafer/guest/internal/logline"
)

// warmUps is how often an idle invocation runs after the garbage collection.
// The second one runs with filled caches, the third finds them where they stay.
const warmUps = 3

// warm makes memory ready to be copied into a snapshot: small, and such that
// the next invocation changes as few pages as it can. What is done here once
// need not be done in each clone. No user code runs.
func warm(fn *Function) {
	warmUp(fn)   // leaves garbage that later runs do not
	runtime.GC() // finds the garbage
	runtime.GC() // empties the pools, too
	for i := 0; i < warmUps; i++ {
		warmUp(fn) // takes the pages and fills the pools that invocations use
	}
	allocator.Fill()
	fn.baggage = make(map[string]string)
}

// warmUp runs one invocation without user code. Its panics are forgotten: a
// warm-up must not break a function.
func warmUp(fn *Function) {
	defer func() { _ = recover() }()
	now := time.Now()
	server, payload := fn.server.idle()
	frame := (&abi.Request{
		Context: abi.Context{
			RequestID:    "00000000-0000-0000-0000-000000000000",
			Deadline:     now.Add(time.Hour).UnixMilli(),
			Timeout:      60000,
			FunctionName: "warm",
			Memory:       1024,
		},
		Body: payload,
	}).AppendTo(nil)
	var q abi.Request
	if q.Decode(frame) != nil {
		return
	}
	in := newInvocation(&q, make(map[string]string))
	in.req.Payload = q.Body
	if server != nil {
		idle := Function{parent: context.Background(), server: server}
		_ = idle.Invoke(&in.req, &in.resp, typeHandler)
	}
	logline.Append(nil, now, q.RequestID, "INFO", "warm.go", 1, fmt.Sprintln("warm", 1, true))
	errorFrame(fcErrorResponse(context.Canceled)).AppendTo(nil)
}
