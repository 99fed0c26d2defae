package native_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/native"
)

// one is the function that a front serves, at the moment.
type one struct {
	atomic.Pointer[native.Function]
}

func (o *one) Lookup(_, name, _ string) (front.Target, error) {
	if f := o.Load(); name == f.Config().Name() {
		return front.Target{Function: f}, nil
	}
	return front.Target{}, front.ErrFunctionNotFound
}

func (o *one) Single() (front.Target, bool) { return front.Target{Function: o.Load()}, true }

// serve makes a front, which takes seconds to end, and returns its address.
func serve(t *testing.T) (o *one, addr string) {
	t.Helper()
	o = new(one)
	s, err := front.New(front.Config{Functions: o})
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
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return o, ln.Addr().String()
}

// TestFront sends requests to native functions through the front: what clients
// see is what they see of functions in a sandbox.
func TestFront(t *testing.T) {
	cases := []struct {
		name, method, path, body string
		program                  native.Program
		env                      []string
		status                   int
		errorType, want          string
	}{
		{"event", "POST", "/2023-03-30/functions/f/invocations", `{"a":1}`, pull(), nil, 200, "", `{"a":1}`},
		{"error", "POST", "/2023-03-30/functions/f/invocations", `{"do":"fail","text":"x"}`, pull(), nil, 200, "UnhandledInvocationError", `{"errorMessage":"x","errorType":"errorString"}`},
		{"trigger event", "GET", "/path", "", pull(), nil, 201, "", `{"version":"v1","rawPath":"/path"`},
		{"params", "POST", "/path?q=1", "body", pull(), []string{"HANDLER", "http"}, 203, "", "1|[]|body"},
		{"exit on a trigger", "GET", "/exit", "", server(), nil, 502, "UnhandledInvocationError", `{"errorMessage":"Process exited unexpectedly before completing request (duration: `},
		{"stream", "GET", "/stream?n=3", "", server(), nil, 200, "", "line 0\nline 1\nline 2\n"},
		{"server's event", "POST", "/2016-08-15/services/s/functions/f/invocations", "event", server(), nil, 200, "", "event"},
		{"does not start", "POST", "/2023-03-30/functions/f/invocations", "event", server(), []string{"START", "exit"}, 412, "UnhandledInvocationError", `"Function instance exited unexpectedly(code 2, message:no such file or directory) with start command '`},
	}
	o, addr := serve(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.shared = true
			o.Store(r.load(config(c.env...), c.program))
			req, err := http.NewRequest(c.method, "http://"+addr+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Close = true // the front would wait for the next one
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || resp.Header.Get("X-Fc-Error-Type") != c.errorType || !strings.Contains(string(body), c.want) {
				t.Errorf("%d %q\n%s", resp.StatusCode, resp.Header, body)
			}
			if c.status >= 400 && !json.Valid(body) {
				t.Errorf("the body is no JSON: %s", body)
			}
		})
	}
}

// TestClientLeaves closes the connection while a server works on its request.
func TestClientLeaves(t *testing.T) {
	o, addr := serve(t)
	r := newRig(t)
	r.shared = true
	f := r.load(config(), server())
	o.Store(f)
	_, first := invoke(t, f, "{}")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET /stream?n=100000 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewReader(conn); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "line 1") {
			break
		}
	}
	_ = conn.Close() // in the middle of the stream
	eventually(t, "restarted", func() bool { return f.Stats().Destroyed == 1 })
	if n := r.logged("Error: Invocation canceled by client (duration: "); n != 1 {
		t.Errorf("it is in the log %d times", n)
	}
	if _, next := invoke(t, f, "{}"); next.Usage.InstanceID == first.Usage.InstanceID {
		t.Error("the instance was not restarted")
	}
}
