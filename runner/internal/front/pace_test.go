package front

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
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

func TestPace(t *testing.T) {
	cfg := &Config{HeadTimeout: 10 * time.Second, IdleTimeout: 90 * time.Second, WriteTimeout: 60 * time.Second}
	now := time.Now() // as far as the connection knows
	c := &clientConn{}
	p := &c.pace
	write := func(n int, took time.Duration) {
		from := now
		now = now.Add(took)
		p.written(n, from, now)
	}
	wantWrite := func(left time.Duration) {
		t.Helper()
		if until, _ := p.write(now, cfg); until.Sub(now) != left {
			t.Errorf("%v to write, want %v", until.Sub(now), left)
		}
	}
	moved(c, fasthttp.StateActive)
	wantWrite(60 * time.Second)
	write(100, 50*time.Second)
	wantWrite(10 * time.Second) // of the same piece
	now = now.Add(time.Hour)
	wantWrite(10 * time.Second) // a pause is the function's
	write(writePiece-100, 5*time.Second)
	wantWrite(60 * time.Second)
	write(100, 50*time.Second)
	moved(c, fasthttp.StateIdle)
	if until, due := p.read(cfg); !due || until.Sub(now) != 90*time.Second {
		t.Errorf("%v for the next request, want 90s", until.Sub(now))
	}
	if _, due := p.read(cfg); due {
		t.Error("the time for the next request begins again")
	}
	moved(c, fasthttp.StateActive)
	wantWrite(60 * time.Second)
	if until, due := p.read(cfg); !due || time.Until(until) > 10*time.Second || time.Until(until) < 9*time.Second {
		t.Errorf("%v for the head, want 10s", time.Until(until))
	}
}

// The client has no more time for a piece under TLS, which writes it in records.
func TestPaceUnderTLS(t *testing.T) {
	cert, key := certificatetest.Pair(t, "test", time.Hour, "f.example.com")
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	c := &clientConn{Conn: near, s: &Server{cfg: Config{HeadTimeout: time.Minute, WriteTimeout: 300 * time.Millisecond}}, secure: true, uncounted: true}
	server := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}})
	client := tls.Client(far, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is a test's
	go func() {
		b := make([]byte, 16<<10)
		for {
			if _, err := io.ReadFull(client, b); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	n, err := server.Write(make([]byte, writePiece))
	if !isTimeout(err) || n == writePiece {
		t.Errorf("%d bytes were taken, error %v", n, err)
	}
	_ = server.Close()
	_ = client.Close()
}
