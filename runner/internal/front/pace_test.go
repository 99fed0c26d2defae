package front

import (
	"context"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// impatient gives clients little time to accept what is written.
func impatient(c *Config) { c.WriteTimeout = 300 * time.Millisecond }

// The time for an answer before does not count for the word to go on.
func TestContinueAfterAPause(t *testing.T) {
	addr, _ := serve(t, one(echo()), impatient)
	c := dial(t, addr)
	head := "POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
	c.send(head + "\r\nx")
	if r := c.receive("POST"); r.StatusCode != 200 {
		t.Fatalf("status %d", r.StatusCode)
	}
	time.Sleep(600 * time.Millisecond)
	c.send(head + "Expect: 100-continue\r\n\r\n")
	if line, err := c.r.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if line, err := c.r.ReadString('\n'); line != "\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	time.Sleep(600 * time.Millisecond)
	c.send("x")
	if r := c.receive("POST"); r.StatusCode != 200 || r.body != "x" {
		t.Errorf("status %d, body %q", r.StatusCode, r.body)
	}
}

// Clients have time to accept what a stream says after a pause, and its end.
func TestStreamPauses(t *testing.T) {
	f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		if err := w.WriteHead(200, nil, -1); err != nil {
			return err
		}
		for range 2 {
			if _, err := w.Write([]byte("x")); err != nil {
				return err
			}
			time.Sleep(600 * time.Millisecond)
		}
		return nil
	}}
	addr, _ := serve(t, one(f), impatient)
	c := dial(t, addr)
	for range 2 { // the connection goes on
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if r := c.receive("GET"); r.err != nil || r.body != "xx" {
			t.Fatalf("body %q, error %v", r.body, r.err)
		}
	}
}
