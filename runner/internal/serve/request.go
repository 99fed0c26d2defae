package serve

import (
	"fmt"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/abi"
)

// Request is one HTTP request.
type Request struct {
	Method  string
	URI     string // path and query as the client sent them
	Host    string
	Headers []abi.Pair
	// Extra are headers that come from the platform. They go out as they are
	// spelled.
	Extra []abi.Pair
	Body  []byte
}

// RequestError says that a request cannot be written as HTTP.
type RequestError struct{ What, Value string }

func (e *RequestError) Error() string {
	return fmt.Sprintf("serve: the %s of the request is %q, which HTTP does not allow", e.What, e.Value)
}

// perHop are headers about a connection, which is not the guest's, and those
// that are written from other fields.
func perHop(key string) bool {
	switch textproto.CanonicalMIMEHeaderKey(key) {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Expect", "Content-Length", "Host":
		return true
	}
	return false
}

// appendHead appends everything up to the body.
func (r *Request) appendHead(b []byte) ([]byte, error) {
	method, uri, host := r.Method, r.URI, r.Host
	if method == "" {
		method = "GET"
	}
	if uri == "" {
		uri = "/"
	}
	if host == "" {
		host = "localhost"
	}
	for _, field := range []struct{ what, value string }{{"method", method}, {"URI", uri}, {"host", host}} {
		if !printable(field.value) {
			return nil, &RequestError{field.what, field.value}
		}
	}
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, uri...)
	b = append(b, " HTTP/1.1\r\n"...)
	b = appendLine(b, "Host", host)
	for _, h := range r.Headers {
		if perHop(h.Key) {
			continue
		}
		if !token(h.Key) {
			return nil, &RequestError{"header name", h.Key}
		}
		b = appendLine(b, h.Key, h.Value)
	}
	for _, h := range r.Extra {
		b = appendLine(b, h.Key, h.Value)
	}
	if len(r.Body) > 0 || method != "GET" && method != "HEAD" && method != "OPTIONS" && method != "TRACE" {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...), nil
}

// appendLine appends a header. Line breaks in the value become spaces.
func appendLine(b []byte, key, value string) []byte {
	b = append(b, key...)
	b = append(b, ": "...)
	from := len(b)
	b = append(b, value...)
	for i := from; i < len(b); i++ {
		if b[i] == '\r' || b[i] == '\n' || b[i] == 0 {
			b[i] = ' '
		}
	}
	return append(b, "\r\n"...)
}

// printable reports whether s can be a word of the request line.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// token reports whether s can be the name of a header.
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}
