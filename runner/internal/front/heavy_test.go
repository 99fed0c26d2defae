package front

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// TestSlowReaderOfPiece takes an answer that a function writes as one piece, and more
// slowly than the function has time. The write ends with that time, and not with
// the client's patience.
func TestSlowReaderOfPiece(t *testing.T) {
	const timeout = time.Second
	wrote := make(chan error, 1)
	large := make([]byte, 32<<20)
	addr, _ := serve(t, one(&fake{timeout: timeout, http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		if err := w.WriteHead(200, nil, int64(len(large))); err != nil {
			return err
		}
		_, err := w.Write(large)
		wrote <- err
		return err
	}}))
	c := dial(t, addr)
	_ = c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10) // or the kernel takes it all
	c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := c.r.Peek(1); err != nil {
		t.Fatal(err)
	}
	time.Sleep(timeout + 100*time.Millisecond)
	r, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if n, err := io.Copy(io.Discard, r.Body); err == nil {
		t.Errorf("the client got all of %d bytes", n)
	}
	if err := <-wrote; !errors.Is(err, errTooSlow) {
		t.Errorf("the function's write: %v", err)
	}
}

// TestSlowReaders asks for large answers and does not take them: what they hold is
// within the limit of bodies. Who asks for little is not concerned.
func TestSlowReaders(t *testing.T) {
	const size, most = 16 << 20, 40 << 20
	large := strings.Repeat("x", size)
	f := &fake{
		invoke: func(_ context.Context, ev runner.Event) (*runner.Result, error) {
			answer := large
			if len(ev.Payload) > 0 {
				answer = string(ev.Payload)
			}
			return &runner.Result{RequestID: ev.RequestID, Payload: []byte(answer), Usage: usage}, nil
		},
		event: true, // so that the answer is collected
		http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
			return answerWith(w, 200, large)
		},
	}
	addr, s := serve(t, one(f), func(c *Config) { c.BodyMemory = most })
	held := func(want int64) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); s.bodies.used.Load() != want; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d bytes are accounted for, want %d", s.bodies.used.Load(), want)
			}
		}
	}
	event, trigger := dial(t, addr), dial(t, addr)
	for _, c := range []*conn{event, trigger} {
		_ = c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10) // or the kernel takes it all
	}
	event.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	trigger.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	held(2 * size)
	for _, c := range []struct{ method, uri string }{{"POST", invoke3}, {"GET", "/"}} {
		r := request(t, addr, c.method, c.uri, "")
		if r.StatusCode != 503 || !strings.Contains(r.body, "ResourceThrottled") || len(r.Header["X-Fc-Request-Id"]) != 1 || r.Header.Get("X-Fc-Invocation-Duration") == "" {
			t.Errorf("%s: a third large answer: %d %q %.200q", c.uri, r.StatusCode, r.Header, r.body)
		}
	}
	if r := request(t, addr, "POST", invoke3, "small"); r.StatusCode != 200 || r.body != "small" {
		t.Errorf("a small answer: %d %.100q", r.StatusCode, r.body)
	}
	for _, c := range []*conn{event, trigger} {
		if r := c.receive("GET"); r.StatusCode != 200 || r.body != large || r.ContentLength != size {
			t.Errorf("who comes to read: %d, %d bytes of %d", r.StatusCode, len(r.body), r.ContentLength)
		}
	}
	held(0)
	event.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") // the connection is in step
	held(size)
	_ = event.Close()
	held(0)
}

// TestLargeErrors has functions fail in more words than there is memory for.
func TestLargeErrors(t *testing.T) {
	fails := func(message string) *fake {
		err := &runner.InvokeError{Kind: runner.HandlerFailed, Message: message, Type: "E"}
		return &fake{
			invoke: func(context.Context, runner.Event) (*runner.Result, error) { return nil, err },
			http:   func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error { return err },
		}
	}
	for size, want := range map[int]string{1 << 20: `{"errorMessage":"x`, 3 << 20: `"ResourceThrottled"`} {
		addr, s := serve(t, one(fails(strings.Repeat("x", size))), func(c *Config) { c.BodyMemory = 2 << 20 })
		for _, c := range []struct{ method, uri string }{{"POST", invoke3}, {"GET", "/"}} {
			c2 := dial(t, addr)
			for range 2 { // the connection lives on
				c2.send(c.method + " " + c.uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
				if r := c2.receive(c.method); !strings.Contains(r.body, want) || len(r.Header["X-Fc-Request-Id"]) != 1 {
					t.Errorf("%s, %d bytes: %d %q %.100q", c.uri, size, r.StatusCode, r.Header, r.body)
				}
			}
		}
		for deadline := time.Now().Add(20 * time.Second); s.bodies.used.Load() != 0 && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		if n := s.bodies.used.Load(); n != 0 {
			t.Errorf("%d bytes are still accounted for", n)
		}
	}
}
