package front

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// waiting is a function that runs until it is canceled, and tells why it was.
func waiting(inside chan<- struct{}, why chan<- error) *fake {
	wait := func(ctx context.Context) error {
		inside <- struct{}{}
		<-ctx.Done()
		why <- context.Cause(ctx)
		return &runner.InvokeError{Kind: runner.Canceled, Message: "canceled"}
	}
	return &fake{
		invoke: func(ctx context.Context, _ runner.Event) (*runner.Result, error) {
			return &runner.Result{Usage: usage}, wait(ctx)
		},
		http: func(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
			if strings.HasPrefix(req.Path, "/stream") {
				_ = w.WriteHead(200, nil, -1)
				_, _ = w.Write([]byte("first"))
			}
			return wait(ctx)
		},
	}
}

func TestShutdownWaits(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	f := echo()
	f.invoke = func(context.Context, runner.Event) (*runner.Result, error) {
		inside <- struct{}{}
		<-goOn
		return &runner.Result{Payload: []byte("done"), Usage: usage}, nil
	}
	addr, s := serve(t, one(f))
	c, idle := dial(t, addr), dial(t, addr)
	idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	idle.receive("GET")
	c.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	<-inside
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(t.Context()) }()
	if _, err := idle.r.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("an idle connection is left open: %v", err)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("a new connection is accepted")
	}
	select {
	case err := <-down:
		t.Fatalf("did not wait: %v", err)
	default:
	}
	goOn <- struct{}{}
	if r := c.receive("POST"); r.StatusCode != 200 || r.body != "done" || !r.Close {
		t.Errorf("status %d, body %s, closes: %v", r.StatusCode, r.body, r.Close)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
}

func TestShutdownCancels(t *testing.T) {
	inside, why := make(chan struct{}), make(chan error, 2)
	addr, s := serve(t, one(waiting(inside, why)))
	c, stream := dial(t, addr), dial(t, addr)
	c.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	<-inside
	stream.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
	<-inside
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("shutdown: %v", err)
	}
	for range 2 {
		if err := <-why; !errors.Is(err, errShuttingDown) {
			t.Errorf("canceled because of %v", err)
		}
	}
	if r := c.receive("POST"); r.StatusCode != 500 || !strings.Contains(r.body, "the server is shutting down") {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
	if r := stream.receive("GET"); r.StatusCode != 200 || r.body != "first" || r.err == nil {
		t.Errorf("status %d, body %s, error %v", r.StatusCode, r.body, r.err)
	}
}

func TestShutdownBeforeServe(t *testing.T) {
	cfg, _ := Config{Functions: one(echo())}.withDefaults()
	for range 20 { // before, during or after: the listener is closed and both return
		s := newServer(cfg)
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ln) }()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
			_ = c.Close()
			t.Error("the listener is open")
		}
	}
}

func TestServeFails(t *testing.T) {
	cfg, _ := Config{Functions: one(echo())}.withDefaults()
	s := newServer(cfg)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(ln); !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "front: serving 127.0.0.1:") {
		t.Errorf("error %v", err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMalformed(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	for _, head := range []string{"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n"} {
		c := dial(t, addr)
		c.send(head)
		r := c.receive("GET")
		if r.StatusCode != 400 || !r.Close || !strings.Contains(r.body, `"Code":"InvalidArgument"`) || !id3.MatchString(r.Header.Get("X-Fc-Request-Id")) {
			t.Errorf("%q: status %d, headers %v, body %s", head, r.StatusCode, r.Header, r.body)
		}
	}
}

func TestConfig(t *testing.T) {
	for want, cfg := range map[string]Config{
		"front: config: Functions is not set":             {},
		"front: config: ReadTimeout is -1ns, want over 0": {ReadTimeout: -1},
		"front: config: IdleTimeout is -1ns, want over 0": {IdleTimeout: -1},
		"front: config: MaxConns is -1, want at least 1":  {MaxConns: -1},
		"front: config: BodyMemory is -1, want over 0":    {BodyMemory: -1},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %s", cfg, err, want)
		}
	}
}
