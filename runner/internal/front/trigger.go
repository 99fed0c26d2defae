package front

import (
	"github.com/wafer-run/wafer/runner"
)

// invokeHTTP calls the function with the request itself.
func (x *exchange) invokeHTTP(t Target) error {
	if err := x.fillRequest(t); err != nil {
		return err
	}
	call := func() error {
		res, err := t.InvokeHTTP(x.ctx, &x.req, &x.answer)
		x.result = res
		if x.run.suspended {
			return err // the head is gone
		}
		return x.finishHTTP(t, res, err)
	}
	if t.HandlesHTTP() {
		return x.run.start(call)
	}
	return call()
}

// finishHTTP completes an answer that was collected.
func (x *exchange) finishHTTP(t Target, res *runner.Result, err error) error {
	a := &x.answer
	if a.bad != nil && x.ctx.Err() == nil {
		err = a.bad // the cause, also where the function gave up because of it
	}
	if err != nil {
		return x.describe(t, res, err)
	}
	x.usage(t, res)
	a.applyHead()
	x.common()
	return nil
}

// fillRequest describes the request to the function. All its text is copied in
// one piece.
func (x *exchange) fillRequest(t Target) error {
	path, err := x.decodedPath()
	if err != nil {
		return err
	}
	q := &x.req
	q.Event = x.event()
	q.Method, _ = triggerMethod(x.rc.Method())
	q.URI, q.Path = x.uri, path
	q.Host = string(x.rc.Host())
	q.ClientIP = x.rc.RemoteIP().String()
	q.Protocol = "HTTP/1.1"
	if !x.rc.Request.Header.IsHTTP11() {
		q.Protocol = string(x.rc.Request.Header.Protocol())
	}
	for key, value := range x.rc.Request.Header.AllInOrder() {
		if !reservedIn(key) && !(x.unpacked && aboutCoding(key)) {
			x.text = append(append(x.text, key...), value...)
			x.spans = append(x.spans, span{len(key), len(value)})
		}
	}
	if x.route.base != "" {
		x.text = append(append(x.text, hBasePath...), x.route.base...)
		x.spans = append(x.spans, span{len(hBasePath), len(x.route.base)})
	}
	text := string(x.text)
	for _, s := range x.spans {
		q.Headers = append(q.Headers, runner.Header{Key: text[:s.key], Value: text[s.key : s.key+s.value]})
		text = text[s.key+s.value:]
	}
	return nil
}

// span is one header in a text: the lengths of its key and its value.
type span struct{ key, value int }
