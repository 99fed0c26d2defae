package front

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/certificate"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
)

func TestConnectionLimits(t *testing.T) {
	addr, s := serve(t, one(echo()), func(c *Config) { c.MaxConns, c.MaxConnsPerClient = 3, 2 })
	ask := func(c *conn) response {
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		return c.receive("GET")
	}
	from := func(ip string) *conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: 10 * time.Second}
		c, err := d.DialContext(t.Context(), "tcp", addr)
		if err != nil {
			t.Skipf("no second loopback address here: %v", err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		return &conn{t: t, Conn: c, r: bufio.NewReader(c)}
	}
	first, second := dial(t, addr), dial(t, addr)
	for _, c := range []*conn{first, second} {
		if r := ask(c); r.StatusCode != 200 {
			t.Errorf("status %d", r.StatusCode)
		}
	}
	if r := ask(dial(t, addr)); r.StatusCode != 429 || r.Header.Get(hRetryAfter) != "1" || !r.Close || !strings.Contains(r.body, "2 connections from 127.0.0.1 are open, the limit is 2") {
		t.Errorf("third of a client: status %d, body %s", r.StatusCode, r.body)
	}
	third := from("127.0.0.2")
	if r := ask(third); r.StatusCode != 200 {
		t.Errorf("another client: status %d", r.StatusCode)
	}
	if r := ask(from("127.0.0.3")); r.StatusCode != 503 || r.Header.Get(hRetryAfter) != "1" || !r.Close || !strings.Contains(r.body, "3 connections are open, the limit is 3") {
		t.Errorf("one too many in all: status %d, body %s", r.StatusCode, r.body)
	}
	_ = first.Close()
	for deadline := time.Now().Add(20 * time.Second); s.conns.open() > 2 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if r := ask(dial(t, addr)); r.StatusCode != 200 {
		t.Errorf("after one has left: status %d", r.StatusCode)
	}
}

func TestClientOf(t *testing.T) {
	for addr, want := range map[string]string{
		"10.0.0.7:1":               "10.0.0.7",
		"[::ffff:10.0.0.7]:1":      "10.0.0.7",
		"[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::",
		"[2001:db8:1:2::9]:1":      "2001:db8:1:2::",
		"[fe80::1%lo]:1":           "fe80::",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := clientOf(tcp).String(); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
	if clientOf(&net.UnixAddr{Name: "x"}).IsValid() {
		t.Error("a Unix socket has an address")
	}
}

// A body that comes slowly but steadily is waited for.
func TestSlowBodyArrives(t *testing.T) {
	addr, _ := serve(t, one(echo()), func(c *Config) { c.ReadTimeout, c.MinBodyRate = 1500*time.Millisecond, 10 })
	c := dial(t, addr)
	c.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
	for range 5 { // 2.5 s, and each piece earns 10 s
		c.send(strings.Repeat("x", 100))
		time.Sleep(500 * time.Millisecond)
	}
	if r := c.receive("POST"); r.StatusCode != 200 || len(r.body) != 500 {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
}

// serveTLS serves f over TLS and returns its address.
func serveTLS(t *testing.T, f Function) (addr string) {
	t.Helper()
	var store certificate.Store
	cert, key := certificatetest.Pair(t, "test", time.Hour, "f.example.com")
	if err := store.Put("test", cert, key); err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Functions: one(f), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.ServeTLS(ln, store.ServerConfig()) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(s.Shutdown(ctx), <-served); err != nil {
			t.Error(err)
		}
		allClosed(t, s)
	})
	return ln.Addr().String()
}

// allClosed waits until no connection is counted: fasthttp closes one after it
// has stopped counting it itself.
func allClosed(t *testing.T, s *Server) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.conns.open() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open", s.conns.open())
		}
	}
}

func TestTLS(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	f := echo()
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, 200, large, "X-Client", req.ClientIP)
	}
	addr := serveTLS(t, f)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"}}) //nolint:gosec // self-signed
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		conn := &conn{t: t, Conn: c, r: bufio.NewReader(c)}
		for range 3 {
			conn.send("GET / HTTP/1.1\r\nHost: f.example.com\r\n\r\n")
			if r := conn.receive("GET"); r.StatusCode != 200 || r.body != large || r.Header.Get("X-Client") != "127.0.0.1" {
				t.Errorf("status %d, %d bytes, client %s", r.StatusCode, len(r.body), r.Header.Get("X-Client"))
			}
		}
	}
	plain := dial(t, addr)
	plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if r := plain.receive("GET"); r.StatusCode != 400 || !r.Close || !strings.Contains(r.body, "this address serves HTTPS") {
		t.Errorf("HTTP over a TLS address: status %d, body %s", r.StatusCode, r.body)
	}
	if b, err := io.ReadAll(plain.r); len(b) > 0 || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

// A client that leaves is noticed also where TLS says goodbye for it.
func TestTLSClientLeaves(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		inside, why := make(chan struct{}), make(chan error, 1)
		addr := serveTLS(t, waiting(inside, why))
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}) //nolint:gosec // self-signed
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "POST "+invoke3+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-inside
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-why; !errors.Is(err, errClientGone) {
			t.Errorf("canceled because of %v", err)
		}
	}
}

func TestIsAlert(t *testing.T) {
	record := func(kind byte, n int) string { return string([]byte{kind, 3, 3, 0, byte(n)}) + strings.Repeat("x", n) }
	for b, want := range map[string]bool{
		record(21, 2):                       true,
		record(21, 26):                      true, // TLS 1.2
		record(23, 19):                      true, // TLS 1.3
		record(23, 20):                      false,
		record(23, 40):                      false,
		record(22, 19):                      false,
		record(21, 26)[:20]:                 false,
		record(23, 19) + record(23, 19):     false,
		"":                                  false,
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n": false,
	} {
		if got := isAlert([]byte(b)); got != want {
			t.Errorf("%q: %v", b, got)
		}
	}
}
