package conformance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	prefix  = "conformance-"
	service = "conformance"
	patient = 60 * time.Second
)

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// target returns where the row's request goes.
func (r *Row) target(s *Subject, srv *server, two bool) (method, uri, to string) {
	name := prefix + r.Function
	method, uri, to = r.Method, r.Path, r.Host
	if to == "" {
		to = srv.host
	}
	qualified := service
	if r.Qualifier != "" {
		qualified += "." + r.Qualifier
	}
	switch {
	case r.Call == Invoke && two:
		uri = "/2016-08-15/services/" + qualified + "/functions/" + name + "/invocations" + r.Path
	case r.Call == Invoke:
		uri = "/2023-03-30/functions/" + name + "/invocations" + r.Path
		if r.Qualifier != "" {
			uri += "?qualifier=" + r.Qualifier
		}
	case r.Call == HTTP && two:
		uri = "/2016-08-15/proxy/" + qualified + "/" + name + r.Path
	case r.Call == HTTP:
		to = s.hostOf(name)
	}
	if method == "" {
		method = http.MethodGet
		if r.Call == Invoke {
			method = http.MethodPost
		}
	}
	return method, uri, strings.ReplaceAll(to, "«suffix»", s.TriggerSuffix)
}

// send sends the row's request and reads the answer.
func (r *Row) send(t *testing.T, s *Subject, srv *server, two bool) answer {
	t.Helper()
	method, uri, to := r.target(s, srv, two)
	c := srv.dial(t)
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, uri, to)
	for i := 0; i < len(r.Header); i += 2 {
		fmt.Fprintf(&head, "%s: %s\r\n", r.Header[i], r.Header[i+1])
	}
	body := r.Body
	if r.BodySize > 0 {
		body = strings.Repeat("x", r.BodySize)
	}
	switch {
	case r.Announce > 0:
		fmt.Fprintf(&head, "Content-Length: %d\r\n\r\n%s", r.Announce, strings.Repeat("x", 512<<10))
	case r.Chunked:
		fmt.Fprintf(&head, "Transfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n", chunks(body))
	case body != "" || method != http.MethodGet && method != http.MethodHead:
		fmt.Fprintf(&head, "Content-Length: %d\r\n\r\n%s", len(body), body)
	default:
		head.WriteString("\r\n")
	}
	// The server may refuse a body before all of it is sent.
	go func() {
		_, _ = io.WriteString(c, head.String())
		if r.Leave {
			closeWrite(c)
		}
	}()
	return receive(t, c, method)
}

func chunks(body string) string {
	const most = 1000
	var b strings.Builder
	for body != "" {
		piece := body[:min(len(body), most)]
		body = body[len(piece):]
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	return b.String()
}

func receive(t *testing.T, c net.Conn, method string) answer {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("conformance: reading the answer: %v", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("conformance: reading the answer's body after %d bytes: %v", len(b), err)
	}
	return answer{res, string(b)}
}

// sendHeld sends the row's request while conformance-single is busy, which it is
// at some time after it was called: an earlier test's client may have left a
// moment ago, and its invocation not yet.
func (r *Row) sendHeld(t *testing.T, s *Subject, srv *server, two bool) answer {
	t.Helper()
	held := hold(t, s, srv, two)
	for end := time.Now().Add(patient); ; {
		a := r.send(t, s, srv, two)
		if a.StatusCode == r.status() || time.Now().After(end) {
			return a
		}
		if _ = held.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); refused(held) {
			held = hold(t, s, srv, two)
		}
	}
}

// hold calls conformance-single with a request that takes long.
func hold(t *testing.T, s *Subject, srv *server, two bool) net.Conn {
	t.Helper()
	r := Row{Call: HTTP, Function: "single", Path: "/hold/30000"}
	method, uri, to := r.target(s, srv, two)
	c := srv.dial(t)
	if _, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\n\r\n", method, uri, to); err != nil {
		t.Fatalf("conformance: %v", err)
	}
	return c
}

// refused reports whether the answer has come, and is none of the function's.
func refused(c net.Conn) bool {
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	_ = res.Body.Close() // the connection's is what counts
	return res.StatusCode != http.StatusOK
}
