package runner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

func server(t testing.TB) []byte { return guesttest.Build(t, "testdata/server") }

// serverConfig is that of a small server with one instance, so that what goes
// on in it is certain.
func serverConfig() runner.FunctionConfig {
	return runner.NewFunctionConfig("server").WithMemory(64).WithMaxInstances(1).WithConcurrency(10).WithQueue(100, time.Minute)
}

// written is an HTTP answer. Its methods are for the tests' own goroutines, too.
type written struct {
	mu      sync.Mutex
	status  int
	headers []runner.Header
	size    int64
	body    bytes.Buffer
	pieces  int
	onWrite func(n int) error
}

func (w *written) WriteHead(status int, headers []runner.Header, size int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status, w.size = status, size
	w.headers = slices.Clone(headers)
	return nil
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	w.body.Write(b)
	w.pieces++
	n := w.pieces
	w.mu.Unlock()
	if w.onWrite != nil {
		if err := w.onWrite(n); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (w *written) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.body.String()
}

// get sends a GET request.
func get(ctx context.Context, f *runner.Function, uri string) (*written, *runner.Result, error) {
	w := &written{}
	res, err := f.InvokeHTTP(ctx, &runner.HTTPRequest{Method: "GET", URI: uri, Host: "example.com", Protocol: "HTTP/1.1", Event: runner.Event{WithLog: true}}, w)
	return w, res, err
}

// mustGet returns the body of a good answer.
func mustGet(t testing.TB, f *runner.Function, uri string) string {
	t.Helper()
	w, _, err := get(t.Context(), f, uri)
	if err != nil || w.status != 200 {
		t.Fatalf("GET %s: status %d, %v", uri, w.status, err)
	}
	return w.text()
}

// wantKind fails the test unless err is an invocation's failure of that kind.
func wantKind(t testing.TB, err error, kind runner.ErrorKind) {
	t.Helper()
	_ = failureOf(t, err, kind)
}

// failureOf is wantKind for those who want to see more of it.
func failureOf(t testing.TB, err error, kind runner.ErrorKind) *runner.InvokeError {
	t.Helper()
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != kind {
		t.Fatalf("error %v, want kind %q", err, kind)
	}
	return failed
}

func TestServerEvents(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithMaxPayload(1000), server(t))
	if !f.HandlesHTTP() {
		t.Error("a server does not handle HTTP")
	}
	res, err := f.Invoke(t.Context(), runner.Event{Payload: []byte("hello"), RequestID: "r-1", WithLog: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(res.Payload), "hello as application/octet-stream for r-1"; got != want {
		t.Errorf("payload %q, want %q", got, want)
	}
	wantLog := "FC Invoke Start RequestId: r-1\nFC Invoke End RequestId: r-1\n"
	if diff := cmp.Diff(wantLog, string(res.Log)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	u := res.Usage
	if u.Duration <= 0 || u.CPU <= 0 || u.Ticks <= 0 || u.MemoryLimit != 64 || u.MaxMemory == 0 || u.Checksum != f.Checksum() || !u.ColdStart {
		t.Errorf("usage %+v", u)
	}
	if res, err = f.Invoke(t.Context(), runner.Event{Payload: []byte("status")}); err != nil || string(res.Payload) != "a bad request" {
		t.Errorf("a status that is dropped: %q, %v", res.Payload, err)
	}
	_, err = f.Invoke(t.Context(), runner.Event{Payload: []byte("fail")})
	if failed := failureOf(t, err, runner.HandlerFailed); failed.Message != "I fail" || failed.Type != "Sulk" {
		t.Errorf("failure %s: %s", failed.Type, failed.Message)
	}
	_, err = f.Invoke(t.Context(), runner.Event{Payload: []byte("large")})
	var limit *runner.LimitError
	if wantKind(t, err, runner.BadResponse); !errors.As(err, &limit) || limit.Configured != 1000 {
		t.Errorf("over the limit: %v", err)
	}
	if got := string(invokeBytes(t, f, "again")); !strings.HasPrefix(got, "again as ") {
		t.Errorf("afterwards %q", got)
	}
	if a := f.Stats().Account; a.Invocations != 5 || a.Ticks <= 0 || a.CPU <= 0 {
		t.Errorf("account %+v", a)
	}
}

func invokeBytes(t testing.TB, f *runner.Function, payload string) []byte {
	t.Helper()
	res, err := f.Invoke(t.Context(), runner.Event{Payload: []byte(payload)})
	if err != nil {
		t.Fatal(err)
	}
	return res.Payload
}

func TestServerRequest(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithHandler("index.handler").WithService("svc").WithVersion("prod", "7").
		WithRegion("cn-x", "42").WithLogStore("project", "store").WithTimeout(7*time.Second).
		WithCredentials(runner.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"}), server(t))
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"} {
		w := &written{}
		req := &runner.HTTPRequest{
			Event:  runner.Event{RequestID: "r-2"},
			Method: method, URI: "/echo?status=201&x=%20y", Host: "example.com:81",
			Headers: []runner.Header{
				{Key: "Accept", Value: "a\r\nX-Smuggled: 1"}, {Key: "Accept", Value: "b"}, {Key: "Connection", Value: "close"},
				{Key: "Transfer-Encoding", Value: "chunked"}, {Key: "X-Fc-Account-Id", Value: "forged"}, {Key: "Content-Length", Value: "9"},
			},
		}
		body := ""
		if method == "POST" || method == "PATCH" {
			body = "text\x00"
			req.Payload = []byte(body)
		}
		if _, err := f.InvokeHTTP(t.Context(), req, w); err != nil {
			t.Fatal(err)
		}
		var headers []runner.Header
		for _, h := range w.headers {
			if h.Key != "Date" && h.Key != "Content-Length" {
				headers = append(headers, h)
			}
		}
		wantHeaders := []runner.Header{{Key: "Content-Type", Value: "application/json"}, {Key: "X-Two", Value: "1"}, {Key: "X-Two", Value: "2"}}
		if diff := cmp.Diff(wantHeaders, headers); diff != "" || w.status != 201 {
			t.Errorf("%s: status %d, headers (-want +got):\n%s", method, w.status, diff)
		}
		if method == "HEAD" {
			if w.text() != "" || w.size <= 0 {
				t.Errorf("HEAD: body %q of size %d", w.text(), w.size)
			}
			continue
		}
		if int64(len(w.text())) != w.size {
			t.Errorf("%s: size %d of a body of %d bytes", method, w.size, len(w.text()))
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(w.text()), &got); err != nil {
			t.Fatal(err)
		}
		header := map[string]any{
			"Accept":                  []any{"a  X-Smuggled: 1", "b"},
			"X-Fc-Request-Id":         []any{"r-2"},
			"X-Fc-Control-Path":       []any{"/http-invoke"},
			"X-Fc-Access-Key-Id":      []any{"id"},
			"X-Fc-Access-Key-Secret":  []any{"secret"},
			"X-Fc-Security-Token":     []any{"token"},
			"X-Fc-Function-Name":      []any{"server"},
			"X-Fc-Function-Handler":   []any{"index.handler"},
			"X-Fc-Function-Memory":    []any{"64"},
			"X-Fc-Function-Timeout":   []any{"7"},
			"X-Fc-Service-Name":       []any{"svc"},
			"X-Fc-Qualifier":          []any{"prod"},
			"X-Fc-Version-Id":         []any{"7"},
			"X-Fc-Region":             []any{"cn-x"},
			"X-Fc-Account-Id":         []any{"42"},
			"X-Fc-Service-Logproject": []any{"project"},
			"X-Fc-Service-Logstore":   []any{"store"},
		}
		if slices.Contains([]string{"POST", "PUT", "DELETE", "PATCH"}, method) {
			header["Content-Length"] = []any{fmt.Sprint(len(body))}
		}
		want := map[string]any{
			"method": method, "uri": "/echo?status=201&x=%20y", "host": "example.com:81", "body": body, "length": float64(len(body)), "header": header,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: request (-want +got):\n%s", method, diff)
		}
	}
	for _, bad := range []runner.HTTPRequest{
		{Method: "GET", URI: "/a b"}, {Method: "GET /x HTTP/1.1\r\n", URI: "/"}, {Method: "GET", URI: "/", Host: "a\r\nb"},
		{Method: "GET", URI: "/", Headers: []runner.Header{{Key: "A: b\r\nC", Value: ""}}},
	} {
		_, err := f.InvokeHTTP(t.Context(), &bad, &written{})
		wantKind(t, err, runner.BadResponse)
	}
	if got := mustGet(t, f, "/peer"); !regexp.MustCompile(`^127\.0\.0\.1:\d+$`).MatchString(got) {
		t.Errorf("the peer's address is %q", got)
	}
}

// TestServerWays runs servers that are started in different ways.
func TestServerWays(t *testing.T) {
	r := runnertest.New(t)
	for how, port := range map[string]int{"plain": 0, "env": 7123, "graceful": 9000} {
		t.Run(how, func(t *testing.T) {
			cfg := serverConfig().WithEnv(map[string]string{"HOW": how}).WithServer(runner.Server{Port: port})
			f := runnertest.Load(t, r, cfg, server(t))
			if i := f.Inspect(); !i.Snapshot {
				t.Errorf("no snapshot: %s", i.SnapshotRefused)
			}
			peers := map[string]int{}
			for range 10 {
				peers[mustGet(t, f, "/peer")]++
			}
			if len(peers) != 1 {
				t.Errorf("connections are not kept: %v", peers)
			}
			if how == "graceful" {
				time.Sleep(250 * time.Millisecond) // the kept connection is over its idle timeout now
			}
			for i := range 3 {
				if got, want := mustGet(t, f, "/count"), fmt.Sprint(i+1); got != want {
					t.Errorf("request %s, want %s", got, want)
				}
			}
		})
	}
}

// TestServerDoesNotCome checks what is said about programs that do not come to
// serve.
func TestServerDoesNotCome(t *testing.T) {
	r := runnertest.New(t)
	for how, want := range map[string]string{
		"elsewhere": `the program listens on port 8080, its requests come to port 9000: listen there \(FC_SERVER_PORT in its environment\), or set the function's port to 8080`,
		"nowhere":   `the program does not listen on port 9000, which its requests come to`,
		"returns":   `guest exited with code 0\nlog:\nnothing to do`,
		"fails":     `guest exited with code 1\nlog:\n.* no database`,
		"panics":    `(?s)guest trapped: unreachable\nlog:\npanic: no configuration.*main\.serve`,
	} {
		t.Run(how, func(t *testing.T) {
			_, err := r.Load(t.Context(), serverConfig().WithEnv(map[string]string{"HOW": how}), server(t))
			wantKind(t, err, runner.BootFailed)
			if !regexp.MustCompile(want).MatchString(err.Error()) {
				t.Errorf("error %q, want %q", err, want)
			}
		})
	}
	if _, err := r.Load(t.Context(), serverConfig().WithServer(runner.Server{Port: 1 << 16}), server(t)); err == nil || !strings.Contains(err.Error(), "the server's port is 65536, want 1 to 65535") {
		t.Errorf("a port that is none: %v", err)
	}
}
