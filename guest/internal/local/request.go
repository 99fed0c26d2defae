//go:build !wasip1

package local

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/events"
)

// describe returns an HTTP request without its body, as handlers of HTTP
// requests get it. The platform's own headers are not among those it shows.
func describe(r *http.Request) abi.HTTPRequest {
	q := abi.HTTPRequest{
		Method: r.Method, RequestURI: r.RequestURI, Path: r.URL.Path,
		ClientIP: clientIP(r), Host: r.Host, Protocol: r.Proto,
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		if !strings.HasPrefix(name, "X-Fc-") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	q.Headers = append(q.Headers, abi.Pair{Key: "Host", Value: r.Host})
	for _, name := range names {
		for _, value := range r.Header[name] {
			q.Headers = append(q.Headers, abi.Pair{Key: name, Value: value})
		}
	}
	return q
}

func clientIP(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// triggerEvent returns an HTTP request as the event of an HTTP trigger. The body
// is base64 unless it is text.
func triggerEvent(r *http.Request, q *abi.Request) []byte {
	now := time.Now().UTC()
	domain := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		domain = host
	}
	headers, query := map[string]string{"Host": r.Host}, map[string]string{}
	for name, values := range r.Header {
		if !strings.HasPrefix(name, "X-Fc-") {
			headers[name] = strings.Join(values, ",")
		}
	}
	for name, values := range r.URL.Query() {
		query[name] = strings.Join(values, ",")
	}
	encoded := len(q.Body) > 0 && !(isText(r.Header.Get("Content-Type")) && utf8.Valid(q.Body))
	body := string(q.Body)
	if encoded {
		body = base64.StdEncoding.EncodeToString(q.Body)
	}
	text := func(s string) *string { return &s }
	var event events.HTTPTriggerEvent
	event.Version = text("v1")
	event.RawPath = text(strings.SplitN(r.RequestURI, "?", 2)[0])
	event.Headers, event.QueryParameters = &headers, &query
	event.Body, event.IsBase64Encoded = &body, &encoded
	c := &event.TriggerContext
	c.AccountId, c.RequestId = text(q.AccountID), text(q.RequestID)
	c.DomainName, c.DomainPrefix = text(domain), text(strings.SplitN(domain, ".", 2)[0])
	c.Http.Method, c.Http.Path, c.Http.Protocol = text(r.Method), text(r.URL.Path), text(r.Proto)
	c.Http.SourceIp, c.Http.UserAgent = text(clientIP(r)), text(r.UserAgent())
	c.Time, c.TimeEpoch = text(now.Format(time.RFC3339)), text(strconv.FormatInt(now.UnixMilli(), 10))
	doc, err := json.Marshal(event)
	if err != nil { // strings and a bool always encode
		return nil
	}
	return doc
}

// isText reports whether a body of that media type is passed on as it is.
func isText(contentType string) bool {
	media := strings.ToLower(strings.TrimSpace(strings.SplitN(contentType, ";", 2)[0]))
	switch media {
	case "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}
