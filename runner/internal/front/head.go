package front

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/valyala/fasthttp"
)

const (
	hExpect   = "Expect"
	continue1 = "100-continue"
)

// headReceived sets the time that the body has, and brings Expect into the form
// that fasthttp knows: it is case-insensitive, and HTTP/1.0 does not have it.
func (s *Server) headReceived(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	if n := h.ContentLength(); n > 0 || n == -1 {
		c.ReadTimeout = s.cfg.ReadTimeout
	}
	if v := h.Peek(hExpect); len(v) > 0 {
		switch {
		case !h.IsHTTP11():
			h.Del(hExpect)
		case strings.EqualFold(string(v), continue1):
			h.Set(hExpect, continue1)
		}
	}
	return c
}

// expect decides about a request whose client waits to be told to send the body.
// What is refused by its head alone need not be sent.
func (s *Server) expect(rc *fasthttp.RequestCtx) int {
	x := s.exchanges.Get().(*exchange)
	x.s, x.rc = s, rc
	defer x.release()
	err := x.guard(x.open)
	if err == nil {
		x.silent = true // the handler comes next
		return fasthttp.StatusContinue
	}
	x.bodyRead = true
	x.abandon()
	x.fail(err)
	return rc.Response.StatusCode()
}

// abandon has the connection closed after the answer. What the client still
// sends is not looked at.
func (x *exchange) abandon() {
	x.rc.SetConnectionClose()
	if c := connOf(x.rc); c != nil {
		c.linger = true
	}
}

// checkFraming refuses heads that fasthttp accepts, but that leave open where
// the request ends or what its headers are: a proxy in front may have read them
// in another way. Such a connection is closed.
func (x *exchange) checkFraming() error {
	if why := ambiguous(x.rc.Request.Header.RawHeaders(), x.rc.Request.Header.ContentLength() == -1); why != "" {
		return x.malformedHead(why)
	}
	if v := x.rc.Request.Header.Peek(hExpect); len(v) > 0 && string(v) != continue1 {
		return x.malformedHead(fmt.Sprintf("%s is '%s', want %s", hExpect, excerpt(string(v)), continue1))
	}
	return nil
}

func (x *exchange) malformedHead(why string) error {
	x.bodyRead = true // nobody knows where it ends
	x.abandon()
	return refuse(invalidArgument, "the request is malformed: "+why)
}

// ambiguous says what is wrong with the header lines of a request that fasthttp
// took, or "". chunked is how fasthttp reads the body.
func ambiguous(raw []byte, chunked bool) string {
	length, transfer := false, false
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n')
		if end < 1 || raw[end-1] != '\r' {
			return "a header line does not end in CRLF"
		}
		switch line := raw[:end-1]; {
		case len(line) == 0:
		case line[0] == ' ' || line[0] == '\t':
			return "a header goes on in a second line"
		case line[0]|0x20 == 'c':
			length = length || isHeader(line, "Content-Length:")
		case line[0]|0x20 == 't':
			transfer = transfer || isHeader(line, "Transfer-Encoding:")
		}
		raw = raw[end+1:]
	}
	switch {
	case transfer && length:
		return "it has both a Content-Length and a Transfer-Encoding"
	case transfer && !chunked:
		return "its Transfer-Encoding is not chunked"
	}
	return ""
}

// isHeader reports whether a line begins with a name and its colon.
func isHeader(line []byte, name string) bool {
	return len(line) >= len(name) && strings.EqualFold(string(line[:len(name)]), name)
}

// malformed answers what is no HTTP request, has a head that is too large to be
// read at all, or takes too long.
func (s *Server) malformed(rc *fasthttp.RequestCtx, err error) {
	x := s.exchanges.Get().(*exchange)
	x.s, x.rc = s, rc
	defer x.release()
	x.bodyRead = true
	x.abandon()
	rc.Response.Reset()
	var (
		small *fasthttp.ErrSmallBuffer
		slow  net.Error
	)
	switch {
	case errors.As(err, &small):
		x.fail(refuse(invalidArgument, fmt.Sprintf("request line and headers have over %d bytes", s.cfg.maxHead())))
	case errors.As(err, &slow) && slow.Timeout():
		x.fail(refuse(requestTimeout, fmt.Sprintf("the request line and headers did not arrive within %v", s.cfg.HeadTimeout)))
	default:
		x.fail(refuse(invalidArgument, "the request is malformed: "+excerpt(err.Error())))
	}
}
