package fc

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
)

// Function is a handler with its lifecycle hooks, ready to be invoked.
//
// # Concurrency
//
// Invoke is safe for concurrent use; RegistryLifeCycleHandler is not, and must
// come before the first Invoke.
type Function struct {
	parent      context.Context
	server      server
	initializer LifeCycleHandler
	preFreeze   LifeCycleHandler
	preStop     LifeCycleHandler

	// baggage is an empty map for the next invocation, which settling leaves:
	// a clone that makes one has to seed its random numbers first.
	baggage map[string]string
}

// server runs the handler of a Function. There is one for events and one for
// HTTP requests, made by different functions, so that the linker can leave out
// the one that a program does not use.
type server interface {
	// invoke runs the handler and puts its result into resp.
	invoke(ctx context.Context, req *messages.InvokeRequest, resp *messages.InvokeResponse) error
	// idle returns a server of the same kind that does all the work but runs
	// no user code, and a payload for it. It returns nil if it cannot.
	idle() (server, []byte)
	// keepsPayload reports whether user code gets to see, and may keep, the
	// bytes of the payload.
	keepsPayload() bool
}

// NewFunction makes a Function of a handler, see [Start] (funcType 101) and
// [StartHttp] (any other funcType).
func NewFunction(handler interface{}, funcType functionType) *Function {
	if funcType == typeEvent {
		return newEventFunction(context.Background(), NewHandler(handler))
	}
	return newHTTPFunction(context.Background(), handler)
}

// Ping does nothing, successfully.
func (fn *Function) Ping(req *messages.PingRequest, response *messages.PingResponse) error {
	*response = messages.PingResponse{}
	return nil
}

// RegistryLifeCycleHandler adds hooks. Of several of one kind the last counts.
func (fn *Function) RegistryLifeCycleHandler(wrappers []handlerWrapper) {
	for _, w := range wrappers {
		switch w.funcType {
		case typeInitializer:
			fn.initializer = NewLifeCycleHandler(w.handler)
		case typePreFreeze:
			fn.preFreeze = NewLifeCycleHandler(w.handler)
		case typePreStop:
			fn.preStop = NewLifeCycleHandler(w.handler)
		}
	}
}

// Invoke runs one part of the function: the initializer (funcType 1), the
// pre-stop hook (2), the pre-freeze hook (3), or the handler (anything else).
// What goes wrong, panics included, is reported in response.Error; the result
// is always nil.
func (fn *Function) Invoke(req *messages.InvokeRequest, response *messages.InvokeResponse, funcType functionType) error {
	finished := false
	defer func() {
		// Programs of Go 1.20 and older may panic with nil, which recover
		// does not tell from no panic.
		if v := recover(); v != nil || !finished {
			response.Error = fcPanicResponse(v)
		}
	}()
	inv := newInvocationContext(fn.parent, deadline(req.Deadline))
	defer inv.end()
	ctx := fccontext.NewContext(inv, &req.Context)
	switch funcType {
	case typeInitializer:
		runHook(ctx, fn.initializer, "initializer")
	case typePreFreeze:
		runHook(ctx, fn.preFreeze, "prefreeze")
	case typePreStop:
		runHook(ctx, fn.preStop, "prestop")
	default:
		if err := fn.server.invoke(ctx, req, response); err != nil {
			response.Error = fcErrorResponse(err)
		}
	}
	finished = true
	return nil
}

func runHook(ctx context.Context, hook LifeCycleHandler, name string) {
	if hook == nil {
		panic(errors.New("no " + name + " handler registered"))
	}
	hook.Invoke(ctx)
}

// deadline returns the zero Time for the zero timestamp.
func deadline(t messages.InvokeRequest_Timestamp) time.Time {
	if t == (messages.InvokeRequest_Timestamp{}) {
		return time.Time{}
	}
	return time.Unix(t.Seconds, t.Nanos).UTC()
}
