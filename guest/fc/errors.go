package fc

import (
	"fmt"
	"reflect"

	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/internal/stack"
)

// fcErrorResponse describes an error that a handler returned.
func fcErrorResponse(err error) *messages.InvokeResponse_Error {
	if e, ok := err.(messages.InvokeResponse_Error); ok { //nolint:errorlint // wrapped ones are ordinary errors
		return &e
	}
	return &messages.InvokeResponse_Error{Message: err.Error(), Type: typeName(err)}
}

// fcPanicResponse describes a panic. It must be called by a deferred function,
// while the stack of the panic is still there.
func fcPanicResponse(v interface{}) *messages.InvokeResponse_Error {
	if e, ok := v.(messages.InvokeResponse_Error); ok {
		return &e
	}
	e := &messages.InvokeResponse_Error{Message: fmt.Sprintf("%v", v), Type: typeName(v), ShouldExit: true}
	if v == nil { // what newer programs get from the runtime
		e.Message = "panic called with nil argument"
		e.Type = "PanicNilError"
	}
	for _, f := range stack.Capture(0) {
		e.StackTrace = append(e.StackTrace, &messages.InvokeResponse_Error_StackFrame{
			Path: f.Path, Line: int32(f.Line), Label: f.Label,
		})
	}
	return e
}

// typeName returns the name of v's type, of what it points to if it is a
// pointer, without the package. Types without a name give the empty string.
func typeName(v interface{}) string {
	t := reflect.TypeOf(v)
	if t == nil {
		return ""
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
