package caport_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/wafer-run/wafer/runner/native/internal/caport"
)

// site is an HTTP server that counts what its handlers run.
type site struct {
	*httptest.Server
	client *caport.Client
	runs   atomic.Int64 // of the handler that panics
	conns  chan net.Conn
}

func newSite(t *testing.T) *site {
	s := &site{conns: make(chan net.Conn, 1000)}
	mux := http.NewServeMux()
	mux.HandleFunc("/pay", func(http.ResponseWriter, *http.Request) {
		s.runs.Add(1)
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateIdle {
			s.conns <- c
		}
	}
	s.Start()
	s.client = caport.New(0, func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, s.Listener.Addr().String())
	})
	t.Cleanup(func() { s.client.Close(); s.Close() })
	return s
}

// answer makes a request that has an answer.
func (s *site) answer(t *testing.T, method string) {
	t.Helper()
	resp, err := s.client.Do(t.Context(), &caport.Request{Method: method, URI: "/"})
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPost}

// TestPanics: how often a handler runs that panics depends on the method alone.
func TestPanics(t *testing.T) {
	for _, method := range methods {
		for _, kept := range []bool{false, true} {
			s := newSite(t)
			if kept {
				s.answer(t, http.MethodGet)
				<-s.conns
			}
			if resp, err := s.client.Do(t.Context(), &caport.Request{Method: method, URI: "/pay"}); err == nil {
				_ = resp.Body.Close()
				t.Errorf("%s: status %d, want no answer", method, resp.StatusCode)
			}
			want := int64(2)
			if method == http.MethodPost {
				want = 1
			}
			if n := s.runs.Load(); n != want {
				t.Errorf("%s, kept connection %v: ran %d times, want %d", method, kept, n, want)
			}
		}
	}
}

// TestIdleConnectionClosed: a request that finds its kept connection closed takes
// another one, also in the moment before net/http has noticed. FC promises it
// for requests without effects only, and net/http does too.
func TestIdleConnectionClosed(t *testing.T) {
	for _, method := range methods {
		if method == http.MethodPost {
			continue
		}
		s := newSite(t)
		for range 50 {
			s.answer(t, method)
			_ = (<-s.conns).Close()
		}
	}
}
