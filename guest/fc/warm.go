package fc

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/fccontext"
	"github.com/wafer-run/wafer/guest/internal/logline"
)

// warm runs what every invocation runs, except for user code, so that caches
// are filled and pages touched before the host takes its snapshot: what is done
// here once need not be done in each clone.
func warm(fn *Function) {
	for i := 0; i < 2; i++ { // the second time with the caches filled
		quietly(warmFrame)
		quietly(fn.server.warm)
	}
	runtime.GC() // finds the garbage
	runtime.GC() // empties the pools, too
}

// quietly runs f and forgets its panic: a warm-up must not break a function.
func quietly(f func()) {
	defer func() { _ = recover() }()
	f()
}

// warmFrame decodes a request, makes its context, and lays out a log line and
// an error.
func warmFrame() {
	now := time.Now()
	frame := (&abi.Request{
		Context: abi.Context{
			RequestID:    "00000000-0000-0000-0000-000000000000",
			Deadline:     now.Add(time.Minute).UnixMilli(),
			Timeout:      60000,
			FunctionName: "warm",
			Memory:       128,
		},
		Body: []byte("{}"),
	}).AppendTo(nil)
	var q abi.Request
	if q.Decode(frame) != nil {
		return
	}
	in := newInvocation(&q)
	inv := newInvocationContext(context.Background(), deadline(in.req.Deadline))
	fccontext.FromContext(fccontext.NewContext(inv, &in.req.Context))
	inv.end()
	logline.Append(nil, now, q.RequestID, "INFO", "warm.go", 1, fmt.Sprintln("warm", 1, true))
	errorFrame(fcErrorResponse(context.Canceled)).AppendTo(nil)
}
