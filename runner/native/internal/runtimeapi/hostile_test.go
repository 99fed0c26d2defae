package runtimeapi_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/runtimeapi"
)

// client is a connection of a process that does as it likes.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func (a *api) dial() *client {
	a.t.Helper()
	c, err := net.Dial("tcp", a.addr)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{Conn: c, t: a.t, r: bufio.NewReader(c)}
}

func (c *client) send(format string, args ...any) {
	if _, err := fmt.Fprintf(c, format, args...); err != nil {
		c.t.Errorf("sending: %v", err)
	}
}

// status is that of the next answer, which may be an interim one.
func (c *client) status() string {
	c.t.Helper()
	line, err := c.r.ReadString('\n')
	if err != nil {
		c.t.Fatalf("waiting for an answer: %v", err)
	}
	return strings.Fields(line)[1]
}

// TestManyAnswers answers one invocation over many connections at once. Only one
// of them gets memory for its answer: the others are not even told to go on.
func TestManyAnswers(t *testing.T) {
	a := open(t)
	const limit = 1 << 20
	p := a.Send(runtimeapi.Invocation{ID: "id", Limit: limit})
	a.must("GET", base+"next", "")
	answer := func() *client {
		c := a.dial()
		c.send("POST %sid/response HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", base, limit)
		return c
	}
	first := answer()
	if got := first.status(); got != "100" {
		t.Fatalf("the first one: %s", got)
	}
	if _, err := first.r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	var others []*client
	for range 20 {
		others = append(others, answer())
	}
	for range 20 { // until those have been looked at
		a.must("GET", "/", "")
	}
	first.send("%s", strings.Repeat("x", limit))
	if got := first.status(); got != "200" {
		t.Errorf("the first one has answered: %s", got)
	}
	for i, c := range others {
		if got := c.status(); got != "404" {
			t.Errorf("number %d: %s, want 404", i, got)
		}
	}
	if got := <-p.Answer(); len(got.Body) != limit {
		t.Errorf("the answer has %d bytes", len(got.Body))
	}
}

// TestManyConnections opens more connections than a process may have: those beyond
// wait until others are closed.
func TestManyConnections(t *testing.T) {
	a := open(t)
	const most = 2*8 + 32
	ask := func(c *client) { c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
	answered := func(c *client) error {
		r, err := http.ReadResponse(c.r, nil)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		_, err = io.Copy(io.Discard, r.Body)
		return err
	}
	var open []*client
	for range most {
		c := a.dial()
		ask(c)
		if err := answered(c); err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	extra := a.dial()
	ask(extra)
	_ = extra.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := extra.r.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("connection %d of %d is served: %v", most+1, most, err)
	}
	_ = extra.SetReadDeadline(time.Now().Add(20 * time.Second))
	_ = open[0].Close()
	if err := answered(extra); err != nil {
		t.Errorf("when there is room: %v", err)
	}
}

// TestEndlessHead sends a head that does not end.
func TestEndlessHead(t *testing.T) {
	a := open(t)
	c := a.dial()
	go func() { // the server stops listening
		_, _ = io.WriteString(c, "GET "+base+"next HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("A: b\r\n", 100_000))
	}()
	if got := c.status(); got != "431" {
		t.Errorf("status %s", got)
	}
}
