package front

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// invokeEvent calls the function with the body as its event.
func (x *exchange) invokeEvent(t Target) error {
	res, err := t.Invoke(x.ctx, x.event())
	x.result = res
	if err != nil {
		return x.describe(t, res, err)
	}
	x.usage(t, res)
	if err := x.weigh(len(res.Payload)); err != nil {
		return err
	}
	x.rc.Response.Header.SetContentType("application/octet-stream")
	x.common()
	x.rc.Response.SetBodyRaw(res.Payload)
	return nil
}

// event is the part of an invocation that all calls have.
func (x *exchange) event() runner.Event {
	ev := runner.Event{Payload: x.body, RequestID: x.requestID, WithLog: x.wantsLog()}
	if !x.fc {
		return ev
	}
	ev.Tracing = x.tracing()
	return ev
}

// Reasons why an invocation is canceled.
var (
	errClientGone   = fmt.Errorf("front: the client closed the connection: %w", context.Canceled)
	errShuttingDown = errors.New("the server is shutting down")
)

// describe turns an error of the runner into what the client gets. The usage
// is in the response already when it returns.
func (x *exchange) describe(t Target, res *runner.Result, err error) error {
	if res != nil {
		x.usage(t, res)
	}
	var (
		limit  *runner.LimitError
		failed *runner.InvokeError
	)
	errors.As(err, &failed)
	if gone := x.canceled(); gone != nil {
		return gone
	}
	switch {
	case failed != nil && failed.Kind == runner.BadResponse:
		return refuse(badResponse, failed.Message)
	case failed != nil && failed.Kind == runner.BootFailed:
		return startError(failed)
	case failed != nil:
		return failed
	case errors.As(err, &limit):
		return x.tooLarge(limit.Configured, fmt.Sprintf("%d bytes", limit.Observed))
	case errors.Is(err, runner.ErrThrottled):
		return refuse(resourceExhausted, strings.TrimPrefix(err.Error(), runner.ErrThrottled.Error()+": "))
	case errors.Is(err, runner.ErrClosed):
		return refuse(internalServerError, "the function is being removed")
	}
	return err
}

// canceled says why the invocation was canceled from outside, or nil.
func (x *exchange) canceled() error {
	switch cause := context.Cause(x.ctx); {
	case errors.Is(cause, errClientGone):
		return refuse(clientClosedRequest, "the connection was closed before the function answered")
	case errors.Is(cause, errShuttingDown):
		return refuse(internalServerError, "the server is shutting down")
	}
	return nil
}
