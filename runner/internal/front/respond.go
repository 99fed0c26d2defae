package front

import (
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// common sets the headers of every answer, and with them what [exchange.usage] has
// collected.
func (x *exchange) common() {
	h := &x.rc.Response.Header
	if !x.answer.head || len(h.Peek(hExpose)) == 0 { // only functions set another one
		x.lines.add(hExpose, exposed)
	}
	x.lines.add(hRequestID, x.requestID)
	x.lines.flush(h)
	if x.s.cfg.Attachment && x.route.ownURL {
		x.attach()
	}
}

// attach has the answer downloaded, under the name the function gave it.
func (x *exchange) attach() {
	h := &x.rc.Response.Header
	kind, _, _ := strings.Cut(string(h.Peek(hDisposition)), ";")
	if !isAttachment(kind) {
		h.Set(hDisposition, attachment)
	}
}

// usage collects the headers of an invocation that took place.
func (x *exchange) usage(t Target, res *runner.Result) {
	u := &res.Usage
	var b [32]byte
	l := &x.lines
	l.addBytes(hDuration, strconv.AppendInt(b[:0], u.Duration.Milliseconds(), 10))
	l.addBytes(hMaxMemory, appendMegabytes(b[:0], u.MaxMemory))
	l.addBytes(hChecksum, strconv.AppendUint(b[:0], u.Checksum, 10))
	if u.InstanceID != "" {
		l.add(hInstanceID, u.InstanceID)
	}
	version := t.Version
	if version == "" {
		version = runner.DefaultQualifier
	}
	l.add(hVersion, cleanValue(version))
	if x.wantsLog() {
		l.add(hLogResult, logResult(res))
	}
}

// appendMegabytes writes bytes as megabytes with two decimals, as strconv does
// for [runner.Usage.MaxMemoryMB], in a tenth of the time.
func appendMegabytes(b []byte, n uint64) []byte {
	const unit, half = 1 << 20, 1 << 19
	rest := n % unit * 100
	cents := rest / unit
	if r := rest % unit; r > half || r == half && cents%2 == 1 { // to even
		cents++
	}
	b = strconv.AppendUint(b, n/unit+cents/100, 10)
	return append(b, '.', byte('0'+cents/10%10), byte('0'+cents%10))
}

// logResult is the tail of the log with the summary behind it, in base64.
func logResult(res *runner.Result) string {
	log := strings.TrimSuffix(string(res.Log), "\n")
	if log != "" {
		log = strings.ReplaceAll(log, "\n", "\r\n") + "\r\n\r\n"
	}
	log += res.Usage.Summary()
	if n := len(log) - maxLogResult; n > 0 {
		log = log[n:]
	}
	return base64.StdEncoding.EncodeToString([]byte(log))
}

// fail answers a request that went wrong. What was collected of an answer is
// dropped.
func (x *exchange) fail(err error) {
	x.s.bodies.release(x.weight)
	x.weight = 0
	var failed *runner.InvokeError
	var body []byte
	if errors.As(err, &failed) {
		body = failed.JSON() // its message may be as large as an answer
		if heavy := x.weigh(len(body)); heavy != nil {
			err, failed = heavy, nil
		}
	}
	x.failed(err)
	x.drainBody()
	if x.requestID == "" {
		x.requestID = x.route.gen.newRequestID(time.Now())
	}
	x.rc.Response.ResetBody()
	x.common()
	h := &x.rc.Response.Header
	h.SetContentType("application/json")
	if failed != nil {
		h.Set(hErrorType, typeUnhandled)
		if x.route.trigger {
			h.SetStatusCode(502)
			x.allowOrigin()
		}
		x.rc.Response.SetBodyRaw(body)
		return
	}
	var refused *apiError
	if !errors.As(err, &refused) {
		x.s.cfg.Logger.Error("front: request failed", "request", x.requestID, "function", x.route.name, "error", err)
		refused = refuse(internalServerError, "request "+x.requestID)
	}
	switch {
	case refused.functionsFault():
		h.Set(hErrorType, typeUnhandled)
	case x.route.trigger:
		h.Set(hErrorType, typeCommon)
	}
	if x.route.trigger {
		x.allowOrigin()
	}
	if refused.code.passes() {
		h.Set(hRetryAfter, retryAfter)
	}
	h.SetStatusCode(refused.status())
	x.rc.Response.SetBodyRaw(x.route.gen.errorBody(errorTable[refused.code].name, refused.message, x.requestID))
}

// panicError is a panic in the front or the runner, which must not take the
// process with all its tenants down.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// guard calls f and returns its panic as an error.
func (x *exchange) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p, stack: debug.Stack()}
		}
	}()
	return f()
}
