package front

import (
	"context"
	"errors"

	"github.com/wafer-run/wafer/runner"
)

// Function is what the front calls: a [*runner.Function], or a function that
// runs by other means and keeps to the same contract.
//
// # Errors
//
// Beside those of [*runner.Function]: a function that cannot be started reports
// a [*runner.InvokeError] of Kind [runner.BootFailed] whose Type is FC's code,
// one of FunctionNotStarted, CAExited, CAFileNotFound and CAFilePermission. The
// caller gets it as an error of the platform, of status 412, with that code and
// the Message as it is.
type Function interface {
	Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error)
	InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error)
	// HandlesHTTP reports whether the function writes its HTTP answers itself,
	// and so may stream them. Others are called with an event.
	HandlesHTTP() bool
	// Config returns the function's configuration.
	Config() runner.FunctionConfig
}

// eventsOnly is implemented by functions that know of themselves that they will
// never take HTTP requests as they are. Others may find out with the first.
type eventsOnly interface{ EventsOnly() bool }

var (
	_ Function   = (*runner.Function)(nil)
	_ eventsOnly = (*runner.Function)(nil)
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

// hostNames is implemented by [Functions] that know which of their names a host
// stands for that was written in another case, as browsers write them: in lower
// case. Of others, names in lower case are tried.
type hostNames interface {
	// HostName returns the names as the function has them.
	HostName(service, name string) (itsService, itsName string, ok bool)
}

// Target is a function to call.
type Target struct {
	Function
	// Version is what the qualifier stands for; empty means LATEST.
	Version string
	// Trigger is the function's HTTP trigger. nil lets every request in.
	Trigger *Trigger
	// Generation is the function's own, which says what its HTTP trigger does and
	// in whose form hosts and domains that lead to it answer. nil is a function of
	// both: of whichever the request asks for.
	Generation *Generation
	// Limits replaces the server's limits where its fields are set. nil
	// replaces none.
	Limits *Limits
}

// generation returns the function's own generation, or else that of the call.
func (t *Target) generation(called Generation) Generation {
	if t.Generation != nil {
		return *t.Generation
	}
	return called
}
