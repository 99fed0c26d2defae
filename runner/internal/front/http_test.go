package front

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

func TestHead(t *testing.T) {
	f := echo()
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		if req.Method != "HEAD" {
			t.Errorf("the function sees %s", req.Method)
		}
		return answerWith(w, 200, "twelve bytes", "X-Own", "1")
	}
	addr, _ := serve(t, one(f))
	c := dial(t, addr)
	for range 2 { // nothing of the body is in the way of the second
		c.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
		if r := c.receive("HEAD"); r.StatusCode != 200 || r.ContentLength != 12 || r.body != "" || r.Header.Get("X-Own") != "1" {
			t.Errorf("status %d, length %d, body %q", r.StatusCode, r.ContentLength, r.body)
		}
	}
}

// What is refused by its head alone is refused before the body is sent.
func TestExpectRefused(t *testing.T) {
	called := make(chan struct{}, 1)
	f := echo()
	f.invoke = func(context.Context, runner.Event) (*runner.Result, error) {
		called <- struct{}{}
		return &runner.Result{}, nil
	}
	addr, _ := serve(t, one(f))
	for name, c := range map[string]struct {
		head   string
		status int
		want   string
	}{
		"too large":     {"POST " + invoke3 + " HTTP/1.1\r\nContent-Length: 33554433", 400, "EntityTooLarge"},
		"no function":   {"POST /2023-03-30/functions/none/invocations HTTP/1.1\r\nContent-Length: 10", 404, "FunctionNotFound"},
		"ambiguous":     {"POST " + invoke3 + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 10", 400, "malformed"},
		"other letters": {"POST /2023-03-30/functions/none/invocations HTTP/1.1\r\nExpect: 100-CONTINUE\r\nContent-Length: 10", 404, "FunctionNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, addr)
			expect := "\r\nExpect: 100-continue"
			if strings.Contains(c.head, "Expect") {
				expect = ""
			}
			conn.send(c.head + expect + "\r\nHost: x\r\n\r\n")
			if r := conn.receive("POST"); r.StatusCode != c.status || !r.Close || !strings.Contains(r.body, c.want) {
				t.Errorf("status %d, closes: %v, body %s", r.StatusCode, r.Close, r.body)
			}
		})
	}
	select {
	case <-called:
		t.Error("the function was called")
	default:
	}
}

// A client of HTTP/1.0 does not know the answer that it would be told to go on by.
func TestExpectHTTP10(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	c := dial(t, addr)
	c.send("POST " + invoke3 + " HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
	if r := c.receive("POST"); r.StatusCode != 200 || r.body != "hi" {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
}

func TestKeepAlive(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	for _, c := range []struct {
		version, connection string
		closes              bool
	}{
		{"1.1", "", false},
		{"1.1", "keep-alive", false},
		{"1.1", "close", true},
		{"1.1", "Close", true},
		{"1.1", "x, CLOSE", true},
		{"1.0", "", true},
		{"1.0", "close", true},
		{"1.0", "keep-alive", false},
		{"1.0", "Keep-Alive", false},
	} {
		conn := dial(t, addr)
		head := "POST / HTTP/" + c.version + "\r\nHost: x\r\nContent-Length: 2\r\n"
		if c.connection != "" {
			head += "Connection: " + c.connection + "\r\n"
		}
		for range 3 {
			conn.send(head + "\r\nhi")
			r := conn.receive("POST")
			if r.StatusCode != 200 || r.body != "hi" || r.Close != c.closes {
				t.Errorf("%+v: status %d, body %q, closes: %v", c, r.StatusCode, r.body, r.Close)
			}
			if c.version == "1.0" && !c.closes && r.Header.Get("Connection") != "keep-alive" {
				t.Errorf("%+v: Connection: %s", c, r.Header.Get("Connection"))
			}
			if c.closes {
				if b, err := io.ReadAll(conn.r); len(b) > 0 || err != nil {
					t.Errorf("%+v: left open: %q, %v", c, b, err)
				}
				break
			}
		}
	}
}

// The answer to a request does not wait for those that were sent behind it.
func TestPipelineAnswersAtOnce(t *testing.T) {
	goOn := make(chan struct{})
	f := echo()
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		if req.Path == "/slow" {
			<-goOn
		}
		return answerWith(w, 200, req.Path)
	}
	addr, _ := serve(t, one(f))
	c := dial(t, addr)
	var all strings.Builder
	for _, path := range []string{"/a", "/b", "/slow", "/c"} {
		all.WriteString("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
	}
	c.send(all.String())
	for _, want := range []string{"/a", "/b"} {
		if r := c.receive("POST"); r.body != want {
			t.Errorf("body %s, want %s", r.body, want)
		}
	}
	close(goOn)
	for _, want := range []string{"/slow", "/c"} {
		if r := c.receive("POST"); r.body != want {
			t.Errorf("body %s, want %s", r.body, want)
		}
	}
}

// A guest's headers stay headers, one each.
func TestHeadersCannotInject(t *testing.T) {
	f := echo()
	f.http = func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, 200, "body",
			"X-A", "1\r\nX-Injected: 1\r\n\r\n<html>",
			"X-B", "1\nSet-Cookie: injected=1",
			"X-C", "1\x00\x0b\x7f2\t3",
			"X-D\r\nX-Injected", "1",
			"X-E: X-Injected", "1",
			"X F", "1",
			"", "1",
			"Set-Cookie", "a=b\r\nX-Injected: 1",
			"Content-Type", "text/plain\r\nX-Injected: 1",
			"Location", "/\r\n\r\nHTTP/1.1 200 OK\r\nX-Injected: 1",
			"Content-Length", "0", "Transfer-Encoding", "chunked", "Connection", "upgrade", "Trailer", "X-A",
			"X-G", "caf\xe9")
	}
	addr, _ := serve(t, one(f))
	c := dial(t, addr)
	for range 2 {
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		r := c.receive("GET")
		if r.StatusCode != 200 || r.body != "body" || r.Close || len(r.TransferEncoding) > 0 {
			t.Fatalf("status %d, body %q, headers %v", r.StatusCode, r.body, r.Header)
		}
		for key, want := range map[string]string{
			"X-Injected": "", "X-A": "1  X-Injected: 1    <html>", "X-B": "1 Set-Cookie: injected=1", "X-C": "1   2\t3",
			"Set-Cookie": "a=b  X-Injected: 1", "Content-Type": "text/plain  X-Injected: 1",
			"Location": "/    HTTP/1.1 200 OK  X-Injected: 1", "Upgrade": "", "Trailer": "", "X-G": "caf\xe9",
		} {
			if got := r.Header.Get(key); got != want {
				t.Errorf("%s: %q, want %q", key, got, want)
			}
		}
		if n := len(r.Header.Values("Set-Cookie")); n != 1 {
			t.Errorf("%d cookies", n)
		}
	}
}

// A stream that goes on when the server shuts down may end by itself; its client
// is told that the connection closes.
func TestShutdownLetsStreamsEnd(t *testing.T) {
	next := make(chan string)
	addr, s := serve(t, one(pieces(next)))
	c := dial(t, addr)
	c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	next <- "before "
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(t.Context()) }()
	for s.http.GetOpenConnectionsCount() > 1 { // the listener counts until it is closed
		time.Sleep(time.Millisecond)
	}
	next <- "after"
	next <- end
	if r := c.receive("GET"); r.body != "before after" || r.err != nil {
		t.Errorf("body %q, %v", r.body, r.err)
	}
	if b, err := io.ReadAll(c.r); len(b) > 0 || err != nil {
		t.Errorf("left open: %q, %v", b, err)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
}
