package front

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

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
		c.MaxRequestBodySize = 1 // all that fasthttp reads; the limits are ours
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
	err := x.guard(func() error { return x.open(time.Now()) })
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
	if c := connOf(x.rc.Conn()); c != nil {
		c.linger = true
	}
}

// checkFraming refuses heads that fasthttp accepts, but that leave open where
// the request ends or what its headers are: a proxy in front may have read them
// in another way. Such a connection is closed.
func (x *exchange) checkFraming() error {
	h := &x.rc.Request.Header
	var seen framing
	why := seen.read(h.RawHeaders())
	uri := h.RequestURI()
	if uri[0] != '/' {
		// RFC 9112, 3.2.2: the URL says whom the request is for, not Host.
		h.SetHostBytes(hostOfURL(uri))
	}
	switch {
	case why != "":
	case seen.transfer && seen.length:
		why = "it has both a Content-Length and a Transfer-Encoding"
	case seen.transfer && h.ContentLength() != -1:
		why = "its Transfer-Encoding is not chunked"
	case !h.IsHTTP11() && string(h.Protocol()) != "HTTP/1.0":
		why = "its version is " + string(h.Protocol()) + ", want HTTP/1.1 or HTTP/1.0"
	case uri[0] != '/' && len(h.Host()) == 0:
		why = "its target is neither a path nor a URL of HTTP"
	case bytes.IndexByte(h.Host(), '@') >= 0:
		why = "its Host has a user name"
	case seen.expects && len(h.Peek(hExpect)) > 0 && string(h.Peek(hExpect)) != continue1:
		why = fmt.Sprintf("%s is '%s', want %s", hExpect, excerpt(string(h.Peek(hExpect))), continue1)
	}
	if why != "" {
		x.bodyRead = true // nobody knows where it ends
		x.abandon()
		return refuse(invalidArgument, "the request is malformed: "+why)
	}
	x.fc, x.origin = seen.fc, seen.origin
	if seen.closes {
		x.rc.SetConnectionClose()
	}
	return nil
}

// hostOfURL is the host, with its port, in a request's target that is a URL; nothing
// where it is no URL of HTTP.
func hostOfURL(target []byte) []byte {
	scheme, rest, ok := bytes.Cut(target, []byte("://"))
	if !ok || !isName(scheme, "http") && !isName(scheme, "https") {
		return nil
	}
	if end := bytes.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// framing is which header lines a request has of those that say how to read it.
type framing struct {
	length, transfer, expects bool
	closes                    bool // fasthttp knows only "Connection: close"
	fc, origin                bool // there are headers of FC's own, an Origin: most have none, and looking for them costs
}

// read looks at the raw header lines of a request that fasthttp took, and says
// what is wrong with their form, or "".
func (f *framing) read(raw []byte) string {
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n')
		if end < 1 || raw[end-1] != '\r' {
			return "a header line does not end in CRLF"
		}
		line := raw[:end-1]
		raw = raw[end+1:]
		if len(line) == 0 {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			return "a header goes on in a second line"
		}
		name, value, _ := bytes.Cut(line, colon)
		if bytes.IndexByte(name, ' ') >= 0 {
			return "a header's name has a space"
		}
		switch line[0] | 0x20 {
		case 'c':
			f.length = f.length || isName(name, "Content-Length")
			f.closes = f.closes || isName(name, "Connection") && hasToken(value, "close")
		case 't':
			f.transfer = f.transfer || isName(name, "Transfer-Encoding")
		case 'x':
			f.fc = f.fc || len(name) > len(reservedPrefix) && strings.EqualFold(string(name[:len(reservedPrefix)]), reservedPrefix)
		case 'o':
			f.origin = f.origin || isName(name, hOrigin)
		case 'e':
			f.expects = f.expects || isName(name, hExpect)
		}
	}
	return ""
}

var colon = []byte{':'}

func isName(name []byte, want string) bool {
	return len(name) == len(want) && strings.EqualFold(string(name), want)
}

// hasToken reports whether a list of tokens has one.
func hasToken(list []byte, want string) bool {
	for len(list) > 0 {
		var token []byte
		token, list, _ = bytes.Cut(list, []byte{','})
		if isName(bytes.TrimSpace(token), want) {
			return true
		}
	}
	return false
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
		x.fail(refuse(requestTimeout, fmt.Sprintf("the request line and headers did not arrive within %v, or none of the body within %v", s.cfg.HeadTimeout, s.cfg.ReadTimeout)))
	default:
		x.fail(refuse(invalidArgument, "the request is malformed: "+excerpt(err.Error())))
	}
}
