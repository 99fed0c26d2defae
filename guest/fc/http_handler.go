//go:build !wafer_nohttp

package fc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// HttpHandler answers HTTP requests.
type HttpHandler interface {
	Invoke(ctx context.Context, w http.ResponseWriter, req *http.Request) error
}

// NewHttpHandler makes an HttpHandler of a function of the shape that
// [StartHttp] takes. It never fails: for anything else the HttpHandler returns
// an error that says what is wrong. A value that is no function but an
// HttpHandler is returned as it is.
func NewHttpHandler(handlerFunc interface{}) HttpHandler {
	if h, ok := handlerFunc.(HttpHandler); ok && reflect.TypeOf(handlerFunc).Kind() != reflect.Func {
		return h
	}
	if err := validateHTTP(handlerFunc); err != nil {
		return failingHTTPHandler{err}
	}
	switch f := handlerFunc.(type) {
	case func(context.Context, http.ResponseWriter, *http.Request) error:
		return httpFunc(f)
	default:
		return reflectHTTPHandler{reflect.ValueOf(handlerFunc)}
	}
}

func validateHTTP(handlerFunc interface{}) error {
	if handlerFunc == nil {
		return errors.New("handler is nil")
	}
	t := reflect.TypeOf(handlerFunc)
	if t.Kind() != reflect.Func {
		return fmt.Errorf("handler kind %s is not func", t.Kind())
	}
	writerType := reflect.TypeOf((*http.ResponseWriter)(nil)).Elem()
	switch {
	case t.NumIn() != 3:
		return fmt.Errorf("http handler should takes three arguments, but handler takes %d", t.NumIn())
	case !t.In(0).Implements(contextType):
		return fmt.Errorf("handler takes three arguments, but the first is not Context. got %s", t.In(0).Kind())
	case !t.In(1).Implements(writerType):
		return fmt.Errorf("handler takes three arguments, but the second is not http.ResponseWriter. got %s", t.In(1).Kind())
	case t.NumOut() > 1:
		return errors.New("handler may not return more than one values")
	case t.NumOut() == 1 && !t.Out(0).Implements(errorType):
		return errors.New("handler returns a single value, but it does not implement error")
	}
	return nil
}

// failingHTTPHandler answers every request with the reason why there is no
// handler.
type failingHTTPHandler struct{ err error }

func (h failingHTTPHandler) Invoke(context.Context, http.ResponseWriter, *http.Request) error {
	return h.err
}

// httpFunc calls a function of the usual shape directly.
type httpFunc func(context.Context, http.ResponseWriter, *http.Request) error

func (f httpFunc) Invoke(ctx context.Context, w http.ResponseWriter, req *http.Request) error {
	return f(ctx, w, req)
}

// reflectHTTPHandler calls any other valid function. A third parameter that is
// no *http.Request makes the call panic.
type reflectHTTPHandler struct{ fn reflect.Value }

func (h reflectHTTPHandler) Invoke(ctx context.Context, w http.ResponseWriter, req *http.Request) error {
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(w), reflect.ValueOf(req)}
	return lastError(h.fn.Call(args))
}
