package front

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// TestTorture sends every request of the table over a connection of its own,
// while others use the server as they should. What is asked for is not a certain
// text but that each request has exactly the answers it should have, that the
// connection then is closed or in step, and that nothing is left behind.
func TestTorture(t *testing.T) {
	goroutines := runtime.NumGoroutine() + 1 // fasthttp keeps the date, from the first answer on
	t.Cleanup(func() {                       // after the server is down
		for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > goroutines; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				stacks := make([]byte, 1<<20)
				t.Errorf("%d goroutines were there before, now %d:\n%s", goroutines, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
				return
			}
		}
	})
	addr, s := serve(t, one(mirror()), func(c *Config) {
		c.HeadTimeout, c.ReadTimeout, c.MinBodyRate = 2*time.Second, time.Second, 1<<20
	})
	stop := bystanders(t, addr)
	t.Run("requests", func(t *testing.T) {
		for _, c := range torture() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, addr)
			})
		}
	})
	if n := stop(); n == 0 {
		t.Error("the bystanders had no answer")
	}
	if n := s.bodies.used.Load(); n != 0 {
		t.Errorf("%d bytes of bodies are still accounted for", n)
	}
	allClosed(t, s)
}

// mirror answers with what it was asked for, so that a request that was smuggled
// in is seen.
func mirror() *fake {
	return &fake{
		invoke: func(_ context.Context, ev runner.Event) (*runner.Result, error) {
			return &runner.Result{Payload: []byte("event " + strconv.Itoa(len(ev.Payload))), Usage: usage}, nil
		},
		http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
			return answerWith(w, 200, req.Method+" "+req.Path+" "+strconv.Itoa(len(req.Payload)))
		},
	}
}

// hostile is a line of the table.
type hostile struct {
	name string
	send string // what the client sends; it then waits
	// want is what comes back: statuses, and whether the connection then is
	// "open", proven by another request, or "closed".
	want string
}

func (h hostile) run(t *testing.T, addr string) {
	c := dial(t, addr)
	go func() { _, _ = io.WriteString(c, h.send) }() // the server may stop listening
	words := strings.Fields(h.want)
	for _, want := range words[:len(words)-1] {
		r, err := http.ReadResponse(c.r, nil) //nolint:bodyclose // it holds nothing
		if err != nil {
			t.Fatalf("want status %s, got %v", want, err)
		}
		body, err := io.ReadAll(r.Body)
		if strconv.Itoa(r.StatusCode) != want || err != nil {
			t.Fatalf("status %d, body %q, error %v, want status %s", r.StatusCode, body, err, want)
		}
		if r.StatusCode == 200 && strings.Contains(string(body), "smuggled") {
			t.Fatalf("a request was smuggled in: %q", body)
		}
		if r.StatusCode >= 400 && r.Header.Get("X-Fc-Request-Id") == "" {
			t.Errorf("the refusal has no request id: %q", body)
		}
	}
	if words[len(words)-1] == "open" {
		c.send("PUT /probe HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
		if r := c.receive("PUT"); r.StatusCode != 200 || r.body != "PUT /probe 3" {
			t.Errorf("the connection is out of step: %d %q", r.StatusCode, r.body)
		}
		return
	}
	rest, err := io.ReadAll(c.r)
	if len(rest) > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("want the connection closed, got %q, %v", rest, err)
	}
}

// bystanders use the server until they are stopped, and fail the test when
// anything goes wrong for them.
func bystanders(t *testing.T, addr string) (stop func() (answers int64)) {
	var (
		clients sync.WaitGroup
		done    atomic.Bool
		n       atomic.Int64
	)
	for i := range 4 {
		clients.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			r := bufio.NewReader(c)
			for ; !done.Load(); n.Add(1) {
				path := fmt.Sprintf("/bystander/%d/%d", i, n.Load())
				fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(path), path)
				res, err := http.ReadResponse(r, nil) //nolint:bodyclose // it holds nothing
				if err != nil {
					t.Errorf("a bystander is refused: %v", err)
					return
				}
				body, err := io.ReadAll(res.Body)
				if want := fmt.Sprintf("POST %s %d", path, len(path)); err != nil || string(body) != want {
					t.Errorf("a bystander got %d %q, %v, want %q", res.StatusCode, body, err, want)
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	return func() int64 {
		done.Store(true)
		clients.Wait()
		return n.Load()
	}
}
