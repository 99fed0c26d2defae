package fc

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// LifeCycleHandler runs at one point of an instance's life.
type LifeCycleHandler interface {
	Invoke(ctx context.Context)
}

// NewLifeCycleHandler makes a LifeCycleHandler of a func (context.Context). It
// never fails: for anything else the LifeCycleHandler panics with an error that
// says what is wrong. A value that is no function but a LifeCycleHandler is
// returned as it is.
func NewLifeCycleHandler(handlerFunc interface{}) LifeCycleHandler {
	if h, ok := handlerFunc.(LifeCycleHandler); ok && reflect.TypeOf(handlerFunc).Kind() != reflect.Func {
		return h
	}
	if err := validateLifeCycle(handlerFunc); err != nil {
		return failingLifeCycleHandler{err}
	}
	return lifeCycleFunc{reflect.ValueOf(handlerFunc)}
}

func validateLifeCycle(handlerFunc interface{}) error {
	if handlerFunc == nil {
		return errors.New("handler is nil")
	}
	t := reflect.TypeOf(handlerFunc)
	switch {
	case t.Kind() != reflect.Func:
		return fmt.Errorf("handler kind %s is not func", t.Kind())
	case t.NumIn() != 1:
		return fmt.Errorf("life cycle handler should takes one arguments, but handler takes %d", t.NumIn())
	case !t.In(0).Implements(contextType):
		return fmt.Errorf("handler takes a single arguments, but it is not Context. got %s", t.In(0).Kind())
	case t.NumOut() != 0:
		return errors.New("handler should not have a return value")
	}
	return nil
}

// failingLifeCycleHandler panics with the reason why there is no handler: a
// hook has no result to return it in.
type failingLifeCycleHandler struct{ err error }

func (h failingLifeCycleHandler) Invoke(context.Context) { panic(h.err) }

type lifeCycleFunc struct{ fn reflect.Value }

func (h lifeCycleFunc) Invoke(ctx context.Context) {
	h.fn.Call([]reflect.Value{reflect.ValueOf(ctx)})
}
