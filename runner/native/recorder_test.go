package native_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// recorder is an HTTP client.
type recorder struct {
	heads   int
	status  int
	size    int64
	headers []string
	body    strings.Builder
	pieces  int
	onWrite func() error
}

func (w *recorder) WriteHead(status int, headers []runner.Header, size int64) error {
	w.heads++
	w.status, w.size = status, size
	for _, h := range headers {
		w.headers = append(w.headers, h.Key+": "+h.Value)
	}
	return nil
}

func (w *recorder) Write(b []byte) (int, error) {
	w.pieces++
	if w.onWrite != nil {
		if err := w.onWrite(); err != nil {
			return 0, err
		}
	}
	return w.body.Write(b)
}

// has reports whether a header was sent.
func (w *recorder) has(header string) bool {
	for _, h := range w.headers {
		if h == header {
			return true
		}
	}
	return false
}

func request(method, uri, body string, headers ...string) *runner.HTTPRequest {
	path, _, _ := strings.Cut(uri, "?")
	q := &runner.HTTPRequest{
		Event: runner.Event{Payload: []byte(body), WithLog: true}, Method: method, URI: uri, Path: path,
		Host: "example.com", ClientIP: "192.0.2.1", Protocol: "HTTP/1.1",
	}
	for i := 0; i < len(headers); i += 2 {
		q.Headers = append(q.Headers, runner.Header{Key: headers[i], Value: headers[i+1]})
	}
	return q
}

// do makes a request that succeeds.
func do(t testing.TB, f *native.Function, q *runner.HTTPRequest) (*recorder, *runner.Result) {
	t.Helper()
	w := &recorder{}
	res, err := f.InvokeHTTP(context.Background(), q, w)
	if err != nil {
		t.Fatalf("%s %s: %v", q.Method, q.URI, err)
	}
	if w.heads != 1 || res.RequestID == "" || res.RequestID != q.RequestID {
		t.Errorf("%s %s: %d heads, request %q", q.Method, q.URI, w.heads, res.RequestID)
	}
	return w, res
}

func (w *recorder) String() string {
	return fmt.Sprintf("%d %q (%d) %s", w.status, w.headers, w.size, w.body.String())
}
