package front

import (
	"net"
	"net/netip"

	"github.com/wafer-run/wafer/runner"
)

// invokeHTTP calls the function with the request itself.
func (x *exchange) invokeHTTP() error {
	if err := x.fillRequest(); err != nil {
		return err
	}
	if x.target.HandlesHTTP() {
		return x.run.start()
	}
	return x.callHTTP()
}

// callHTTP is the call itself, and completes what was not streamed.
func (x *exchange) callHTTP() error {
	res, err := x.target.InvokeHTTP(x.ctx, &x.req, &x.answer)
	x.result = res
	if x.run.suspended {
		return err // the head is gone
	}
	return x.finishHTTP(x.target, res, err)
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
	if !a.whole || a.nobody || a.size <= maxBuffered || !t.HandlesHTTP() { // a sandbox streams others, without
		x.usage(t, res)
	}
	if err := x.weigh(len(x.rc.Response.Body())); err != nil {
		return err
	}
	a.applyHead()
	x.common()
	return nil
}

// fillRequest describes the request to the function. All its text is copied in
// one piece.
func (x *exchange) fillRequest() error {
	path, err := x.decodedPath()
	if err != nil {
		return err
	}
	q := &x.req
	q.Event = x.event()
	q.Method, _ = triggerMethod(x.rc.Method())
	q.URI, q.Path = x.uri, path
	q.Protocol = "HTTP/1.1"
	if !x.rc.Request.Header.IsHTTP11() {
		q.Protocol = string(x.rc.Request.Header.Protocol())
	}
	host := x.rc.Host()
	x.text = appendIP(append(x.text, host...), x.rc.RemoteIP())
	client := len(x.text)
	for key, value := range sent(x.rc.Request.Header.RawHeaders()) {
		if string(key) == hHost {
			value = x.rc.Request.Header.Host() // it may be another than what was sent, see [exchange.checkFraming]
		}
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
	q.Host, q.ClientIP, text = text[:len(host)], text[len(host):client], text[client:]
	for _, s := range x.spans {
		q.Headers = append(q.Headers, runner.Header{Key: text[:s.key], Value: text[s.key : s.key+s.value]})
		text = text[s.key+s.value:]
	}
	return nil
}

// appendIP appends an address as [net.IP.String] writes it.
func appendIP(b []byte, ip net.IP) []byte {
	if a, ok := netip.AddrFromSlice(ip); ok {
		return a.Unmap().AppendTo(b)
	}
	return append(b, ip.String()...)
}

// span is one header in a text: the lengths of its key and its value.
type span struct{ key, value int }
