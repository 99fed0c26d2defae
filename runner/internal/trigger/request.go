package trigger

import (
	"encoding/base64"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/jsontext"
)

// Version is the version of the event's form.
const Version = "v1"

// Request is one HTTP request as the gateway got it.
type Request struct {
	Method    string
	URI       string // path and query as sent
	Path      string // decoded path
	Host      string // with or without a port
	ClientIP  string // without a port
	Protocol  string // for example HTTP/1.1
	RequestID string
	AccountID string
	Headers   []abi.Pair // a header with several values has several pairs
	Body      []byte
	Time      time.Time
}

// AppendEvent appends the event, an HTTPTriggerEvent in JSON:
//
//	version, rawPath, headers{}, queryParameters{}, body, isBase64Encoded,
//	requestContext{accountId, domainName, domainPrefix,
//	    http{method, path, protocol, sourceIp, userAgent},
//	    requestId, time, timeEpoch}
//
// Keys of headers are in Title-Case; values of one key are joined by commas in
// the order they came. Both objects are sorted by key. The body is text where
// its content type says so and it is valid UTF-8, and base64 otherwise, so that
// no byte is lost. Nothing of q is kept.
func (q *Request) AppendEvent(b []byte) []byte {
	rawPath, query, _ := strings.Cut(q.URI, "?")
	headers := headerFields(q.Headers)
	b = slices.Grow(b, q.room())
	b = append(b, `{"version":"`+Version+`","rawPath":`...)
	b = jsontext.AppendString(b, rawPath)
	b = append(b, `,"headers":`...)
	b = appendObject(b, headers)
	b = append(b, `,"queryParameters":`...)
	b = appendObject(b, queryFields(query))
	b = q.appendBody(b, first(headers, "Content-Type"))
	b = append(b, `,"requestContext":`...)
	b = q.appendContext(b, first(headers, "User-Agent"))
	return append(b, '}')
}

// room is about how long the event is: of ordinary requests rather more, so that
// they take one piece of memory.
func (q *Request) room() int {
	const frame = 512 // the names of the members, and times
	n := frame + 2*len(q.URI) + len(q.Path) + 2*len(q.Host) + len(q.RequestID) + len(q.AccountID) + 4*len(q.Body)/3
	for _, h := range q.Headers {
		n += len(h.Key) + len(h.Value) + len(`"":"",`)
	}
	return n
}

func (q *Request) appendBody(b []byte, contentType string) []byte {
	b = append(b, `,"body":`...)
	if len(q.Body) == 0 || isText(contentType) && utf8.Valid(q.Body) {
		b = jsontext.AppendString(b, q.Body)
		return append(b, `,"isBase64Encoded":false`...)
	}
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, q.Body)
	return append(b, `","isBase64Encoded":true`...)
}

func (q *Request) appendContext(b []byte, userAgent string) []byte {
	domain := domainName(q.Host)
	prefix, _, _ := strings.Cut(domain, ".")
	b = append(b, `{"accountId":`...)
	b = jsontext.AppendString(b, q.AccountID)
	b = append(b, `,"domainName":`...)
	b = jsontext.AppendString(b, domain)
	b = append(b, `,"domainPrefix":`...)
	b = jsontext.AppendString(b, prefix)
	b = append(b, `,"http":{"method":`...)
	b = jsontext.AppendString(b, q.Method)
	b = append(b, `,"path":`...)
	b = jsontext.AppendString(b, q.Path)
	b = append(b, `,"protocol":`...)
	b = jsontext.AppendString(b, q.Protocol)
	b = append(b, `,"sourceIp":`...)
	b = jsontext.AppendString(b, q.ClientIP)
	b = append(b, `,"userAgent":`...)
	b = jsontext.AppendString(b, userAgent)
	b = append(b, `},"requestId":`...)
	b = jsontext.AppendString(b, q.RequestID)
	b = append(b, `,"time":"`...)
	b = q.Time.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `","timeEpoch":"`...)
	b = strconv.AppendInt(b, q.Time.UnixMilli(), 10)
	return append(b, `"}`...)
}

// domainName is the host without its port.
func domainName(host string) string {
	if strings.IndexByte(host, ':') >= 0 { // what has no port is an error there, which allocates
		if name, _, err := net.SplitHostPort(host); err == nil {
			return name
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// isText reports whether a body of that media type is passed on as text.
func isText(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	kind, sub, _ := strings.Cut(media, "/")
	if kind == "text" {
		return true
	}
	if kind != "application" && !strings.HasSuffix(sub, "+xml") && !strings.HasSuffix(sub, "+json") {
		return false
	}
	switch sub {
	case "json", "xml", "javascript", "x-javascript", "ecmascript", "x-www-form-urlencoded":
		return true
	}
	return strings.HasSuffix(sub, "+json") || strings.HasSuffix(sub, "+xml")
}
