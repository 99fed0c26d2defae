package front_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// only is a server with one function.
type only struct{ f *runner.Function }

func (o only) Lookup(_, name, _ string) (front.Target, error) {
	if name != o.f.Config().Name() {
		return front.Target{}, front.ErrFunctionNotFound
	}
	return front.Target{Function: o.f}, nil
}

func (o only) Single() (front.Target, bool) { return front.Target{Function: o.f}, true }

// frontOf serves a function on a real socket, and returns the address.
func frontOf(t *testing.T, f *runner.Function) string {
	t.Helper()
	s, err := front.New(front.Config{Functions: only{f}})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

// TestServerGuest sends requests over real sockets to an HTTP server that was
// built unmodified.
func TestServerGuest(t *testing.T) {
	r, err := runner.New(t.Context(), runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	cfg := runner.NewFunctionConfig("web").WithMaxInstances(1).WithConcurrency(10).WithTimeout(20 * time.Second)
	f := runnertest.Load(t, r, cfg, runnertest.Build(t, "../../testdata/server"))
	base := frontOf(t, f)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	do := func(ctx context.Context, method, uri, body string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(ctx, method, base+uri, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return client.Do(req)
	}
	read := func(method, uri, body string) (int, string, http.Header) {
		t.Helper()
		resp, err := do(t.Context(), method, uri, body)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			b = append(b, "BROKEN OFF"...)
		}
		return resp.StatusCode, string(b), resp.Header
	}

	status, body, header := read("PUT", "/echo?status=418", "tea")
	if status != 418 || !strings.Contains(body, `"body":"tea"`) || header.Get("X-Fc-Something") != "" || len(header["X-Two"]) != 2 {
		t.Errorf("status %d, headers %v, body %s", status, header, body)
	}
	if status, body, _ = read("POST", "/2023-03-30/functions/web/invocations", "hello"); status != 200 || !strings.HasPrefix(body, "hello as application/octet-stream for ") {
		t.Errorf("an event: %d %s", status, body)
	}
	status, body, header = read("POST", "/2023-03-30/functions/web/invocations", "fail")
	if status != 200 || body != `{"errorMessage":"I fail","errorType":"Sulk"}` || header.Get("X-Fc-Error-Type") != "UnhandledInvocationError" {
		t.Errorf("an event that fails: %d %s %v", status, body, header)
	}
	if status, body, header = read("GET", "/panic", ""); status != 502 || header.Get("X-Fc-Error-Type") != "UnhandledInvocationError" || !strings.Contains(body, "closed the connection without a complete answer") {
		t.Errorf("a panic: %d %s %v", status, body, header)
	}
	const size = 3 << 20
	if _, body, header = read("GET", fmt.Sprintf("/bytes?n=%d", size), ""); len(body) != size || header.Get("Content-Length") != fmt.Sprint(size) {
		t.Errorf("a large body: %d bytes, headers %v", len(body), header)
	}
	if _, body, _ = read("POST", "/sum", strings.Repeat("\x01", size)); body != fmt.Sprintf("%d bytes, sum %d", size, size) {
		t.Errorf("a large request: %s", body)
	}
	if status, body, header = read("HEAD", "/bytes?n=10", ""); status != 200 || body != "" || header.Get("Content-Length") != "10" {
		t.Errorf("HEAD: %d %q %v", status, body, header)
	}

	// A stream: the next piece comes when another request has been made.
	resp, err := do(t.Context(), "GET", "/stream", "")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i); err != nil || line != want {
			t.Fatalf("line %q, %v, want %q", line, err, want)
		}
		_, _ = lines.ReadString('\n')
		read("GET", "/count", "")
	}
	if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
		t.Errorf("behind the stream: %q, %v", rest, err)
	}
	resp.Body.Close()

	// A client that leaves ends its handler's context.
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		resp, err := do(ctx, "GET", "/sleep?for=1h", "")
		if err == nil {
			resp.Body.Close()
		}
		left <- err
	}()
	for f.Stats().Busy == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the handler waits by now, though nothing depends on it
	cancel()
	if err := <-left; err == nil {
		t.Error("a request that was given up succeeded")
	}
	for {
		if _, body, _ = read("GET", "/cancelled", ""); body == "1" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if s := f.Stats(); s.Created != 1 || s.Destroyed != 0 {
		t.Errorf("instances: %+v", s)
	}
}
