package front

import (
	"context"
	"errors"

	"github.com/wafer-run/wafer/runner"
)

// Errors of [Functions].
var (
	ErrServiceNotFound   = errors.New("front: no such service")
	ErrFunctionNotFound  = errors.New("front: no such function")
	ErrQualifierNotFound = errors.New("front: no such version or alias")
)

// Functions knows what can be called. It is asked once per request, from many
// goroutines at once.
type Functions interface {
	// Lookup finds a function. service is empty for a function of FC 3.0;
	// qualifier is LATEST where the caller names none.
	Lookup(service, name, qualifier string) (Target, error)
	// Single returns the function that gets every request which is no API
	// call, if there is one.
	Single() (Target, bool)
}

// Target is a function to call.
type Target struct {
	Function *runner.Function
	// Version is what the qualifier stands for; empty means LATEST.
	Version string
}

// function is what the front needs of a [*runner.Function].
type function interface {
	Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error)
	InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error)
	HandlesHTTP() bool
}

// target is a [Target] that may be something else in tests.
type target struct {
	function
	version string
}

// finder is [Functions] for targets.
type finder interface {
	lookup(service, name, qualifier string) (target, error)
	single() (target, bool)
}

// registry is the finder over the public interface.
type registry struct{ Functions }

func (r registry) lookup(service, name, qualifier string) (target, error) {
	t, err := r.Lookup(service, name, qualifier)
	if err != nil {
		return target{}, err
	}
	return target{t.Function, t.Version}, nil
}

func (r registry) single() (target, bool) {
	t, ok := r.Single()
	return target{t.Function, t.Version}, ok
}
