package front

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// answer is a function's answer over HTTP on its way to the client. Nothing is
// sent before it is clear that the function succeeds, or that it streams.
type answer struct {
	x       *exchange
	status  int
	headers []runner.Header
	size    int64 // of the whole body as the function told it, -1 for a stream
	written int64
	head    bool  // WriteHead was called
	whole   bool  // it is not streamed, whatever its size
	nobody  bool  // the client gets no body: HEAD, 204, 304
	bad     error // why the answer cannot be sent

	streams bool    // it goes out while the function writes it
	coding  coding  // of what goes out
	held    bool    // one of the encoders for streams is reserved
	packer  *packer // of a stream that is compressed
	packed  []byte  // room to compress an answer that is collected

	out   io.Writer // the connection, once the head is on its way
	until time.Time // when the client must have taken what the function writes
}

var _ runner.HTTPWriter = (*answer)(nil)

var errSecondHead = errors.New("front: the head of the answer was written before")

// WriteWhole is WriteHead and Write of an answer that is there as a whole. It is
// sent when the function has ended, which need not wait for the client.
func (a *answer) WriteWhole(status int, headers []runner.Header, body []byte) error {
	a.whole = true
	err := a.WriteHead(status, headers, int64(len(body)))
	if err == nil && !a.nobody {
		a.written = int64(len(body))
		a.x.rc.Response.SetBodyRaw(body)
	}
	return err
}

// WriteHead implements [runner.HTTPWriter].
func (a *answer) WriteHead(status int, headers []runner.Header, size int64) error {
	if a.head {
		return errSecondHead
	}
	a.head = true
	limit := a.x.limits.ResponseHeader
	switch n := headerSize(headers); {
	case status < 200 || status > 999:
		a.bad = refuse(badResponse, fmt.Sprintf("the status is %d, want 200 to 999", status))
		return a.bad
	case n > limit:
		a.bad = refuse(badResponse, fmt.Sprintf("the response headers have %d bytes, the limit is %d", n, limit))
		return a.bad
	}
	a.status, a.size = status, size
	for _, h := range headers {
		key := textproto.CanonicalMIMEHeaderKey(h.Key)
		if validName(key) && !reservedOut(a.x.route.gen, key, h.Value) {
			a.headers = append(a.headers, runner.Header{Key: key, Value: cleanValue(h.Value)})
		}
	}
	a.nobody = a.x.rc.IsHead() || status == 204 || status == 304
	if !a.nobody && !a.whole && (size < 0 || size > maxBuffered) {
		a.until = time.Now().Add(a.x.target.Config().Timeout())
		a.x.run.suspend()
	}
	return nil
}

// Write implements [runner.HTTPWriter].
func (a *answer) Write(b []byte) (int, error) {
	if a.bad != nil {
		return 0, a.bad
	}
	a.written += int64(len(b))
	switch {
	case a.nobody:
		return len(b), nil
	case a.size >= 0 && a.written > a.size:
		a.bad = refuse(badResponse, fmt.Sprintf("the response body has more than the %d bytes it was said to have", a.size))
		return 0, a.bad
	case a.out != nil:
		return a.send(b)
	case a.size < 0 && a.written > maxUnstreamed:
		a.bad = refuse(badResponse, fmt.Sprintf("the response body has over %d bytes, which the client's %s cannot stream", maxUnstreamed, a.x.req.Protocol))
		return 0, a.bad
	}
	a.x.rc.Response.AppendBody(b)
	return len(b), nil
}

// errTooSlow ends a stream whose client takes what it gets, and takes too long.
var errTooSlow = errors.New("front: the client has not taken the answer within the function's time")

// send writes to the connection, while the function has time: nothing else ends
// it meanwhile, and a client that is slow enough would have its instance for hours.
func (a *answer) send(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		if time.Now().After(a.until) {
			err = errTooSlow
			break
		}
		var k int
		k, err = a.out.Write(b[:min(len(b), writePiece)])
		n, b = n+k, b[k:]
	}
	if err != nil {
		a.bad = err
		a.x.cancel(errClientGone)
	}
	return n, err
}

// bodySize is the size that fasthttp wants to know: -1 for a chunked body.
func (a *answer) bodySize() int {
	if a.coding != identity {
		return -1
	}
	return int(a.size)
}

// applyHead puts status and headers into the response.
func (a *answer) applyHead() {
	h := &a.x.rc.Response.Header
	h.SetStatusCode(a.status)
	for _, v := range a.headers {
		h.Add(v.Key, v.Value)
	}
	a.chooseCoding()
	if a.nobody && a.size >= 0 && a.x.rc.IsHead() && a.coding == identity {
		h.SetContentLength(int(a.size))
	}
	a.x.allowOrigin()
}

// allowOrigin lets scripts of the page that sent the request read the answer,
// unless the function has its own idea about that. FC does the same.
func (x *exchange) allowOrigin() {
	if !x.origin {
		return
	}
	h := &x.rc.Response.Header
	if origin := x.rc.Request.Header.Peek(hOrigin); len(origin) > 0 && len(h.Peek(hAllowOrigin)) == 0 {
		h.Set(hAllowOrigin, string(origin))
		h.Set(hCredentials, "true")
	}
}

// validName reports whether HTTP allows a header of that name. Others are
// dropped, as net/http drops them.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !isTokenMark(c) {
			return false
		}
	}
	return name != ""
}

// cleanValue makes spaces of what HTTP does not allow in a header's value: a line
// end would begin another header.
func cleanValue(v string) string {
	for i := range len(v) {
		if isControl(v[i]) {
			b := []byte(v)
			for i := range b {
				if isControl(b[i]) {
					b[i] = ' '
				}
			}
			return string(b)
		}
	}
	return v
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

func isTokenMark(c byte) bool {
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
