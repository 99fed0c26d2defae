package front

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// Record is what became of one request. It is valid during the call only.
type Record struct {
	Time      time.Time     // when its head had arrived
	Duration  time.Duration // until its answer was complete
	RequestID string
	Method    string
	Path      string // as sent, without the query
	Host      string
	ClientIP  string
	BytesIn   int64 // of the body, as far as it was read
	BytesOut  int64 // of the answer's body, before compression

	// Service, Function, Qualifier and Version are empty where the request did
	// not get as far.
	Service, Function, Qualifier, Version string

	// Status is what the client was sent, or 499 where it left before the end.
	Status int
	// ErrorType is empty after success; otherwise the type of the function's
	// error, or the code of FC's error.
	ErrorType string
	// Error says what went wrong.
	Error string

	// Usage is zero where the function was not invoked.
	Usage runner.Usage
}

// report hands the request to the record, if there is one.
func (x *exchange) report() {
	if x.s.cfg.Record == nil || x.silent {
		return
	}
	rc, r := x.rc, &x.record
	method, _ := triggerMethod(rc.Method())
	*r = Record{
		Time: rc.Time(), RequestID: x.requestID,
		Method: method, Path: x.path, Host: x.req.Host, ClientIP: x.req.ClientIP,
		BytesIn: int64(len(x.body)), BytesOut: x.answer.written,
		Status: rc.Response.StatusCode(),
	}
	if host := rc.Request.Header.Host(); r.ClientIP == "" || r.Host != string(host) {
		x.text = appendIP(append(x.text[:0], host...), rc.RemoteIP())
		both := string(x.text)
		r.Host, r.ClientIP = both[:len(host)], both[len(host):]
	}
	if r.Time.IsZero() { // fasthttp did not get as far as the handler
		r.Time = time.Now()
	}
	r.Duration = time.Since(r.Time)
	if x.target.Function != nil {
		r.Service, r.Function, r.Qualifier, r.Version = x.route.service, x.route.name, x.route.qualifier, x.target.Version
		if r.Function == "" {
			cfg := x.target.Config()
			r.Service, r.Function = cfg.Service(), cfg.Name()
		}
		if r.Qualifier == "" {
			r.Qualifier = runner.DefaultQualifier
		}
		if r.Version == "" {
			r.Version = runner.DefaultQualifier
		}
	}
	if x.result != nil {
		r.Usage = x.result.Usage
	}
	if !x.run.suspended && x.answer.coding == identity {
		r.BytesOut = int64(len(rc.Response.Body()))
	}
	r.failed(x)
	x.s.cfg.Record(r)
}

// failure is what a request came to instead of an answer.
type failure struct {
	err  error
	gone bool // the client had left by then
}

func (x *exchange) failed(err error) {
	x.failure = failure{err, x.ctx != nil && errors.Is(context.Cause(x.ctx), errClientGone)}
}

// failed describes what went wrong, if anything did.
func (r *Record) failed(x *exchange) {
	err := x.failure.err
	if err == nil {
		return
	}
	r.Error = err.Error()
	var (
		failed  *runner.InvokeError
		refused *apiError
	)
	switch {
	case x.failure.gone:
		if !errors.As(err, &refused) || refused.code != clientClosedRequest { // a write that failed, say
			refused = refuse(clientClosedRequest, "the connection was closed before the answer was complete")
		}
		r.Status, r.ErrorType, r.Error = refused.status(), errorTable[clientClosedRequest].name, refused.message
	case errors.As(err, &refused):
		r.ErrorType, r.Error = errorTable[refused.code].name, refused.message
	case errors.As(err, &failed):
		r.ErrorType, r.Error = failed.Type, failed.Message
	default:
		r.ErrorType = errorTable[internalServerError].name
	}
}
