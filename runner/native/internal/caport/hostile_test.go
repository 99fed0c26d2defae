package caport_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/caport"
)

// raw serves one connection with what a program writes that does as it likes. The
// connection stays open until the test ends.
func raw(t *testing.T, answer string) *caport.Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, answer)
		}
	}()
	client := caport.New(0, func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, ln.Addr().String())
	})
	t.Cleanup(func() { client.Close(); _ = ln.Close(); <-served })
	return client
}

// TestSwitchedProtocols: a server that goes on in another protocol has answered
// without a body. Whoever read one would wait for as long as the server likes.
func TestSwitchedProtocols(t *testing.T) {
	client := raw(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := client.Do(ctx, &caport.Request{Method: http.MethodPost, URI: "/invoke"}) //nolint:bodyclose // it is closed
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel()
	read := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(resp.Body)
		read <- err
	}()
	select {
	case err := <-read:
		if err != nil {
			t.Errorf("reading the body: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the body does not end with its context")
	}
}

// TestEndlessHead sends heads that do not end.
func TestEndlessHead(t *testing.T) {
	for _, c := range []struct{ name, answer string }{
		{"headers", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1<<20) + "Content-Length: 0\r\n\r\n"},
		{"interim answers", strings.Repeat("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n", 1<<17) + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, err := raw(t, c.answer).Do(t.Context(), &caport.Request{Method: http.MethodPost, URI: "/invoke"})
			if err == nil {
				_ = resp.Body.Close()
				t.Fatalf("status %d, want no answer", resp.StatusCode)
			}
			if !errors.Is(err, caport.ErrHead) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestPaths: a server gets a path as the client wrote it. One that is escaped twice
// is another one than what was checked on the way.
func TestPaths(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RequestURI }))
	defer server.Close()
	client := caport.New(0, func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, server.Listener.Addr().String())
	})
	defer client.Close()
	for path, want := range map[string]string{
		"/a%2fb?c%2f": "", "//a%2fb?c": "", "//..%2F%2e": "", "///": "", "//?": "", "/a?": "", "/\xff\"": "",
		"//%41 \"\xff": "//A%20%22%FF", // what no path may have is escaped, and escapes stay what they mean
	} {
		resp, err := client.Do(t.Context(), &caport.Request{Method: http.MethodGet, URI: path})
		if err != nil {
			t.Fatalf("%q: %v", path, err)
		}
		_ = resp.Body.Close()
		if want == "" {
			want = path
		}
		if got != want {
			t.Errorf("%q arrives as %q, want %q", path, got, want)
		}
	}
}
