package fc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Handler takes events as they come and returns results as they go.
type Handler interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

var (
	contextType = reflect.TypeOf((*context.Context)(nil)).Elem()
	errorType   = reflect.TypeOf((*error)(nil)).Elem()
	bytesType   = reflect.TypeOf([]byte(nil))
)

// NewHandler makes a Handler of a function of one of the shapes that [Start]
// lists. It never fails: for anything else the Handler returns an error that
// says what is wrong. A value that is no function but a Handler is returned as
// it is.
func NewHandler(handlerFunc interface{}) Handler {
	if h, ok := handlerFunc.(Handler); ok && reflect.TypeOf(handlerFunc).Kind() != reflect.Func {
		return h
	}
	h, err := newEventHandler(handlerFunc)
	if err != nil {
		return failingHandler{err}
	}
	return h
}

// failingHandler answers every event with the reason why there is no handler.
type failingHandler struct{ err error }

func (h failingHandler) Invoke(context.Context, []byte) ([]byte, error) { return nil, h.err }

// eventHandler calls a function by reflection.
type eventHandler struct {
	fn       reflect.Value
	takesCtx bool
	typedCtx bool         // it takes a context.Context, not another type that is one
	in       reflect.Type // nil when the function takes no event
	out      reflect.Type // nil when the function returns no value
}

func newEventHandler(handlerFunc interface{}) (*eventHandler, error) {
	if handlerFunc == nil {
		return nil, errors.New("handler is nil")
	}
	t := reflect.TypeOf(handlerFunc)
	if t.Kind() != reflect.Func {
		return nil, fmt.Errorf("handler kind %s is not func", t.Kind())
	}
	h := &eventHandler{fn: reflect.ValueOf(handlerFunc)}
	if t.NumIn() > 2 {
		return nil, fmt.Errorf("handlers may not take more than two arguments, but handler takes %d", t.NumIn())
	}
	h.takesCtx = t.NumIn() > 0 && t.In(0).Implements(contextType)
	h.typedCtx = h.takesCtx && t.In(0) == contextType
	if t.NumIn() == 2 && !h.takesCtx {
		return nil, fmt.Errorf("handler takes two arguments, but the first is not Context. got %s", t.In(0).Kind())
	}
	if last := t.NumIn() - 1; last == 1 || last == 0 && !h.takesCtx {
		h.in = t.In(last)
	}
	switch {
	case t.NumOut() > 2:
		return nil, errors.New("handler may not return more than two values")
	case t.NumOut() == 2 && !t.Out(1).Implements(errorType):
		return nil, errors.New("handler returns two values, but the second does not implement error")
	case t.NumOut() == 1 && !t.Out(0).Implements(errorType):
		return nil, errors.New("handler returns a single value, but it does not implement error")
	}
	if t.NumOut() == 2 {
		h.out = t.Out(0)
	}
	return h, nil
}

// keepsPayload reports whether the function sees the payload's own bytes.
func (h *eventHandler) keepsPayload() bool { return h.in == bytesType }

// Invoke implements [Handler].
func (h *eventHandler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	args := make([]reflect.Value, 0, 2)
	if h.typedCtx {
		args = append(args, contextValue(ctx))
	} else if h.takesCtx {
		args = append(args, reflect.ValueOf(ctx))
	}
	if h.in == bytesType {
		args = append(args, reflect.ValueOf(payload))
	} else if h.in != nil {
		event := reflect.New(h.in)
		if err := json.Unmarshal(payload, event.Interface()); err != nil {
			return nil, err
		}
		args = append(args, event.Elem())
	}
	results := h.fn.Call(args)
	if err := lastError(results); err != nil {
		return nil, err
	}
	if h.out == nil {
		return json.Marshal(nil)
	}
	return json.Marshal(results[0].Interface())
}

// contextValue returns a Value of the type context.Context. One of ctx's own type
// would be converted at each call, after a look at all of the type's methods.
func contextValue(ctx context.Context) reflect.Value { return reflect.ValueOf(&ctx).Elem() }

// lastError returns the last result if it is an error. A nil pointer whose type
// is an error is one, as long as the function declares that type.
func lastError(results []reflect.Value) error {
	if len(results) == 0 {
		return nil
	}
	err, _ := results[len(results)-1].Interface().(error)
	return err
}
