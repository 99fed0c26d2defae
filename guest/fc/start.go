package fc

import (
	"context"
	"log"

	"github.com/wafer-run/wafer/guest/internal/link"
)

// Start serves events with handler, and never returns. The handler is one of
//
//	func ()
//	func () error
//	func (TIn)
//	func (TIn) error
//	func () (TOut, error)
//	func (TIn) (TOut, error)
//
// or the same with a leading context.Context. TIn is decoded with
// encoding/json, except that []byte gets the event as it is; TOut is encoded
// with encoding/json. A handler of any other shape does not keep the program
// from starting: each invocation fails and says what is wrong with it.
//
// Start makes package log print microseconds.
func Start(handler interface{}) {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	serve(newEventFunction(context.Background(), NewHandler(handler)))
}

// StartWithContext is Start (funcType 101) or StartHttp (102) with a parent
// for the contexts of all invocations.
func StartWithContext(ctx context.Context, handler interface{}, funcType functionType) {
	StartHandlerWithContext(ctx, handler, funcType)
}

// StartHandler serves events with a [Handler], whose results are sent as they
// are, and never returns.
func StartHandler(handler Handler) {
	if handler == nil {
		handler = NewHandler(nil)
	}
	serve(newEventFunction(context.Background(), handler))
}

// StartHandlerWithContext is what the other Start functions are made of. Any
// funcType but 101 serves HTTP requests.
func StartHandlerWithContext(ctx context.Context, handler interface{}, funcType functionType) {
	fn := NewFunction(handler, funcType)
	fn.parent = ctx
	serve(fn)
}

// serve adds the registered hooks to fn and hands it to the runtime.
func serve(fn *Function) {
	fn.RegistryLifeCycleHandler(hooks.all())
	link.Serve(dispatcher{fn})
}
