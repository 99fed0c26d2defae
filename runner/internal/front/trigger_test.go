package front

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
)

// recording is a function that keeps the last request, as a copy.
func recording(last *runner.HTTPRequest, event bool) *fake {
	return &fake{event: event, http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		*last = *req
		last.Payload = []byte(string(req.Payload))
		last.Headers = append([]runner.Header(nil), req.Headers...)
		return answerWith(w, 200, "ok")
	}}
}

func TestTriggerRequest(t *testing.T) {
	for _, c := range []struct {
		name, method, uri string
		headers           []string
		event             bool
		wantURI, wantPath string
	}{
		{"bare", "GET", "/a/b?c=d", nil, false, "/a/b?c=d", "/a/b"},
		{"root", "GET", "/", nil, false, "/", "/"},
		{"encoded", "PUT", "/a%20b%2Fc?d=%20", nil, false, "/a%20b%2Fc?d=%20", "/a b/c"},
		{"not cleaned", "GET", "//a/../b/./c//", nil, false, "//a/../b/./c//", "//a/../b/./c//"},
		{"absolute", "GET", "http://h.example.com/a?b", nil, false, "/a?b", "/a"},
		{"absolute without a path", "GET", "http://h.example.com?b", nil, false, "/?b", "/"},
		{"other API path", "GET", "/2023-03-30/functions", nil, false, "/2023-03-30/functions", "/2023-03-30/functions"},
		{"proxy", "PATCH", "/2016-08-15/proxy/svc/f/a/b?c", nil, false, "/2016-08-15/proxy/svc/f/a/b?c", "/a/b"},
		{"proxy with a qualifier", "GET", "/2016-08-15/proxy/svc.prod/f/", nil, false, "/2016-08-15/proxy/svc.prod/f/", "/"},
		{"proxy without a path", "DELETE", "/2016-08-15/proxy/svc/f", nil, false, "/2016-08-15/proxy/svc/f", "/"},
		{"event handler", "GET", "/a?b=c", nil, true, "/a?b=c", "/a"},
		{"target header", "GET", "/a?b", []string{"X-Fc-Invocation-Target", "2016-08-15/proxy/svc/f"}, false, "/a?b", "/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got runner.HTTPRequest
			addr, _ := serve(t, one(recording(&got, c.event)))
			r := request(t, addr, c.method, c.uri, "", c.headers...)
			if r.StatusCode != 200 || r.body != "ok" {
				t.Fatalf("status %d, body %s", r.StatusCode, r.body)
			}
			if got.Method != c.method || got.URI != c.wantURI || got.Path != c.wantPath {
				t.Errorf("%s %s, path %s; want %s %s, path %s", got.Method, got.URI, got.Path, c.method, c.wantURI, c.wantPath)
			}
			if got.RequestID != r.Header.Get("X-Fc-Request-Id") {
				t.Errorf("request id %q, the client saw %q", got.RequestID, r.Header.Get("X-Fc-Request-Id"))
			}
		})
	}
}

func TestTriggerRequestDetails(t *testing.T) {
	var got runner.HTTPRequest
	addr, _ := serve(t, one(recording(&got, false)))
	c := dial(t, addr)
	c.send("POST /x HTTP/1.1\r\nHost: F.example.com:8080\r\nx-b: 1\r\nX-A: 2\r\nX-B: 3\r\ncookie: a=b; c=d\r\n" +
		"Connection: keep-alive, x-a\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nProxy-Connection: x\r\nExpect: \r\n" +
		"X-Fc-Request-Id: mine\r\nx-fc-access-key-id: mine\r\nx-fc-whatever: x\r\n" +
		"X-Fc-Tracing-Opentracing-Span-Context: span\r\n" +
		"Transfer-Encoding: chunked\r\nAccept-Encoding: gzip\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	if r := c.receive("POST"); r.StatusCode != 200 {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	want := []runner.Header{
		{Key: "Host", Value: "F.example.com:8080"}, {Key: "X-B", Value: "1"}, {Key: "X-A", Value: "2"}, {Key: "X-B", Value: "3"},
		{Key: "Cookie", Value: "a=b; c=d"}, {Key: "Accept-Encoding", Value: "gzip"},
	}
	if diff := cmp.Diff(want, got.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if string(got.Payload) != "abcde" {
		t.Errorf("body %q", got.Payload)
	}
	if got.ClientIP != "127.0.0.1" || !strings.EqualFold(got.Host, "f.example.com:8080") || got.Protocol != "HTTP/1.1" {
		t.Errorf("client %q, host %q, protocol %q", got.ClientIP, got.Host, got.Protocol)
	}
	if got.Tracing.SpanContext != "span" {
		t.Errorf("span context %q", got.Tracing.SpanContext)
	}
}

func TestTriggerResponseHeaders(t *testing.T) {
	for _, c := range []struct {
		name          string
		uri           string
		origin        string
		set, want     []string // key, value; several of a key joined by |
		notInResponse []string
	}{
		{
			"passed on", "/", "",
			[]string{"content-type", "text/x", "X-Multi", "1", "X-Multi", "2", "Set-Cookie", "a=1; Path=/", "Set-Cookie", "a=2; Path=/b", "Content-Encoding", "gzip"},
			[]string{"Content-Type", "text/x", "X-Multi", "1|2", "Set-Cookie", "a=1; Path=/|a=2; Path=/b", "Content-Encoding", "gzip", "Content-Length", "4"},
			[]string{"Access-Control-Allow-Origin", "X-Fc-Error-Type"},
		},
		{
			"reserved", "/", "",
			[]string{"Connection", "close", "Content-Length", "99", "Date", "never", "Server", "mine", "Transfer-Encoding", "chunked", "Trailer", "X", "Upgrade", "x", "Keep-Alive", "x", "X-Fc-Request-Id", "mine", "x-fc-more", "x", "Content-Disposition", "Attachment"},
			[]string{"Content-Length", "4"},
			[]string{"Connection", "Server", "Transfer-Encoding", "Trailer", "Upgrade", "Keep-Alive", "X-Fc-More", "Content-Disposition"},
		},
		{
			"disposition with a name", "/", "",
			[]string{"Content-Disposition", "attachment; filename=x"}, []string{"Content-Disposition", "attachment; filename=x"}, nil,
		},
		{
			"disposition on 2.0", "/2016-08-15/proxy/svc/f/", "",
			[]string{"Content-Disposition", "attachment"}, []string{"Content-Disposition", "attachment"}, nil,
		},
		{
			"splitting", "/", "",
			[]string{"X-A", "1\r\nX-Evil: 1", "X-Bad\r\nX-Evil", "1", "b a d", "1"}, []string{"X-A", "1  X-Evil: 1"}, []string{"X-Evil", "B A D"},
		},
		{
			"origin", "/", "https://a.example.com", nil,
			[]string{"Access-Control-Allow-Origin", "https://a.example.com", "Access-Control-Allow-Credentials", "true", "Access-Control-Expose-Headers", exposed}, nil,
		},
		{
			"own origin", "/", "https://a.example.com",
			[]string{"Access-Control-Allow-Origin", "*", "Access-Control-Expose-Headers", "x"},
			[]string{"Access-Control-Allow-Origin", "*", "Access-Control-Expose-Headers", "x"}, []string{"Access-Control-Allow-Credentials"},
		},
	} {
		for _, size := range []string{"whole", "streamed"} {
			t.Run(c.name+" "+size, func(t *testing.T) {
				f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
					if size == "whole" {
						return answerWith(w, 201, "body", c.set...)
					}
					var hs []runner.Header
					for i := 0; i < len(c.set); i += 2 {
						hs = append(hs, runner.Header{Key: c.set[i], Value: c.set[i+1]})
					}
					if err := w.WriteHead(201, hs, -1); err != nil {
						return err
					}
					_, err := w.Write([]byte("body"))
					return err
				}}
				addr, _ := serve(t, one(f))
				var headers []string
				if c.origin != "" {
					headers = []string{"Origin", c.origin}
				}
				r := request(t, addr, "GET", c.uri, "", headers...)
				if r.StatusCode != 201 || r.body != "body" {
					t.Fatalf("status %d, body %q", r.StatusCode, r.body)
				}
				if id := r.Header.Get("X-Fc-Request-Id"); !id3.MatchString(id) && !id2.MatchString(id) {
					t.Errorf("request id %q", id)
				}
				if date := r.Header["Date"]; len(date) != 1 || date[0] == "never" {
					t.Errorf("date %q", date)
				}
				for i := 0; i < len(c.want); i += 2 {
					if size == "streamed" && c.want[i] == "Content-Length" {
						continue
					}
					if got := strings.Join(r.Header[c.want[i]], "|"); got != c.want[i+1] {
						t.Errorf("%s is %q, want %q", c.want[i], got, c.want[i+1])
					}
				}
				for _, key := range c.notInResponse {
					if v, ok := r.Header[key]; ok {
						t.Errorf("%s is %q, want none", key, v)
					}
				}
			})
		}
	}
}

func TestBadResponses(t *testing.T) {
	big := strings.Repeat("x", 9<<10)
	for _, c := range []struct {
		name string
		http func(w runner.HTTPWriter) error
		want string
	}{
		{"status 0", func(w runner.HTTPWriter) error { return w.WriteHead(0, nil, 0) }, "the status is 0, want 200 to 999"},
		{"status 103", func(w runner.HTTPWriter) error { return w.WriteHead(103, nil, -1) }, "the status is 103, want 200 to 999"},
		{"headers", func(w runner.HTTPWriter) error { return answerWith(w, 200, "x", "A", big) }, "the response headers have 9217 bytes, the limit is 8192"},
		{"more than said", func(w runner.HTTPWriter) error {
			_ = w.WriteHead(200, nil, 2)
			_, err := w.Write([]byte("abc"))
			return err
		}, "the response body has more than the 2 bytes it was said to have"},
	} {
		for _, swallowed := range []bool{true, false} {
			t.Run(c.name, func(t *testing.T) {
				f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
					err := c.http(w)
					if err == nil {
						t.Error("the function was not told")
					}
					if swallowed {
						return nil
					}
					return &runner.InvokeError{Kind: runner.HandlerFailed, Message: err.Error()}
				}}
				addr, _ := serve(t, one(f))
				r := request(t, addr, "GET", "/", "")
				want := `{"Code":"BadResponse","Message":"BadResponse: ` + c.want + `","RequestId":"` + r.Header.Get("X-Fc-Request-Id") + `"}`
				if r.StatusCode != 502 || r.body != want || r.Header.Get("X-Fc-Error-Type") != "UnhandledInvocationError" {
					t.Errorf("status %d, type %s, body\n%s, want\n%s", r.StatusCode, r.Header.Get("X-Fc-Error-Type"), r.body, want)
				}
			})
		}
	}
}

// What was written before a function failed is not sent.
func TestFailureAfterWriting(t *testing.T) {
	f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		if err := answerWith(w, 200, "half", "Content-Type", "text/plain", "X-Mine", "1"); err != nil {
			t.Error(err)
		}
		if err := w.WriteHead(200, nil, 0); !errors.Is(err, errSecondHead) {
			t.Errorf("second head: %v", err)
		}
		return &runner.InvokeError{Kind: runner.HandlerFailed, Message: "boom"}
	}}
	addr, _ := serve(t, one(f))
	r := request(t, addr, "GET", "/", "")
	if r.StatusCode != 502 || r.body != `{"errorMessage":"boom","errorType":""}` || r.Header.Get("X-Mine") != "" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("status %d, headers %v, body %s", r.StatusCode, r.Header, r.body)
	}
}
