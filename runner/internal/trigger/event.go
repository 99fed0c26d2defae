package trigger

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/wafer-run/wafer/abi"
)

// ParseEvent makes a request of an event in the form that [Request.AppendEvent]
// writes. It reports false for anything else: what is no JSON object of that
// version, has no method, or a body that is not the base64 it claims to be.
// Fields that are absent get what a request for / would have.
func ParseEvent(event []byte) (Request, bool) {
	var e struct {
		Version         string
		RawPath         string
		Headers         map[string]string
		QueryParameters map[string]string
		Body            string
		IsBase64Encoded bool
		RequestContext  struct {
			AccountID  string
			DomainName string
			RequestID  string
			HTTP       struct{ Method, Path, Protocol, SourceIP string }
		}
	}
	if json.Unmarshal(event, &e) != nil || e.Version != Version || e.RequestContext.HTTP.Method == "" {
		return Request{}, false
	}
	c := e.RequestContext
	q := Request{
		Method: c.HTTP.Method, Host: c.DomainName, ClientIP: c.HTTP.SourceIP, Protocol: cmp.Or(c.HTTP.Protocol, "HTTP/1.1"),
		RequestID: c.RequestID, AccountID: c.AccountID, Body: []byte(e.Body),
	}
	if e.IsBase64Encoded {
		var err error
		if q.Body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return Request{}, false
		}
	}
	q.Path = cmp.Or(c.HTTP.Path, unescapePath(e.RawPath), "/")
	q.URI = cmp.Or(e.RawPath, (&url.URL{Path: q.Path}).EscapedPath())
	query := url.Values{}
	for k, v := range e.QueryParameters {
		query.Set(k, v)
	}
	if len(query) > 0 {
		q.URI += "?" + query.Encode()
	}
	for k, v := range e.Headers {
		k = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(k))
		if k == "Host" {
			q.Host = v
			continue
		}
		q.Headers = append(q.Headers, abi.Pair{Key: k, Value: v})
	}
	q.Headers = sorted(q.Headers)
	return q, true
}

func unescapePath(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
