//go:build unix

package front

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

func TestClientLeaves(t *testing.T) {
	for name, uri := range map[string]string{"event": invoke3, "http": "/", "stream": "/stream"} {
		for how, leave := range map[string]func(c *net.TCPConn) error{
			"closes":      (*net.TCPConn).Close,
			"half-closes": (*net.TCPConn).CloseWrite,
			"resets": func(c *net.TCPConn) error {
				if err := c.SetLinger(0); err != nil {
					return err
				}
				return c.Close()
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				inside, why := make(chan struct{}), make(chan error, 1)
				addr, _ := serve(t, one(waiting(inside, why)))
				c := dial(t, addr)
				c.send("POST " + uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
				<-inside
				if err := leave(c.Conn.(*net.TCPConn)); err != nil {
					t.Fatal(err)
				}
				if err := <-why; !errors.Is(err, errClientGone) {
					t.Errorf("canceled because of %v", err)
				}
				if how == "half-closes" && name != "stream" {
					if r := c.receive("POST"); r.StatusCode != 499 || !strings.Contains(r.body, "ClientClosedRequest") {
						t.Errorf("status %d, body %s", r.StatusCode, r.body)
					}
				}
			})
		}
	}
}

// A client that sends more, or just waits, has not left.
func TestClientStays(t *testing.T) {
	inside, goOn, asked := make(chan struct{}), make(chan struct{}), make(chan struct{})
	f := echo()
	f.invoke = func(ctx context.Context, ev runner.Event) (*runner.Result, error) {
		inside <- struct{}{}
		<-goOn
		return &runner.Result{Payload: []byte("done"), Usage: usage}, ctx.Err()
	}
	addr, s := serve(t, one(f))
	c := dial(t, addr)
	const post = "POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
	c.send(post)
	<-inside
	idle := s.inflight.head.next.conn
	if closedByPeer(idle) {
		t.Error("a client that waits is taken as gone")
	}
	c.send(post) // pipelined
	go func() {
		defer close(asked)
		for !readable(idle) {
			time.Sleep(time.Millisecond)
		}
		if closedByPeer(idle) {
			t.Error("a client that pipelines is taken as gone")
		}
	}()
	<-asked
	goOn <- struct{}{}
	<-inside
	goOn <- struct{}{}
	for range 2 {
		if r := c.receive("POST"); r.StatusCode != 200 || r.body != "done" {
			t.Errorf("status %d, body %s", r.StatusCode, r.body)
		}
	}
}

// readable reports whether bytes wait to be read.
func readable(c net.Conn) bool {
	raw, err := socketOf(c).(syscall.Conn).SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	_ = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, _ = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return n > 0
}
