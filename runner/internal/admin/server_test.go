package admin_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/admin"
)

// start serves and returns how to ask.
func start(t *testing.T, cfg admin.Config) (*admin.Server, func(method, path string) (int, string)) {
	t.Helper()
	s := admin.New(cfg)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s, func(method, path string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+ln.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
}

func TestStates(t *testing.T) {
	var broken error
	s, ask := start(t, admin.Config{Check: func(context.Context) error { return broken }})
	for _, step := range []struct {
		name   string
		do     func()
		status int
		body   string
	}{
		{"starting", func() {}, 503, "starting\n"},
		{"ready", s.Ready, 200, "ok\n"},
		{"check fails", func() { broken = errors.New("the store is gone") }, 503, "the store is gone\n"},
		{"check passes", func() { broken = nil }, 200, "ok\n"},
		{"draining", s.Drain, 503, "draining\n"},
		{"not ready again", s.Ready, 503, "draining\n"},
	} {
		step.do()
		if status, body := ask("GET", "/readyz"); status != step.status || body != step.body {
			t.Errorf("%s: %d %q, want %d %q", step.name, status, body, step.status, step.body)
		}
		if status, body := ask("GET", "/healthz"); status != 200 || body != "ok\n" {
			t.Errorf("%s: healthz %d %q", step.name, status, body)
		}
	}
}

func TestRoutes(t *testing.T) {
	extra := map[string]http.Handler{"GET /metrics": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "wafer_up 1\n")
	})}
	_, plain := start(t, admin.Config{Handlers: extra})
	_, profiled := start(t, admin.Config{Pprof: true})
	for _, c := range []struct {
		ask          func(method, path string) (int, string)
		method, path string
		status       int
		body         string
	}{
		{plain, "GET", "/metrics", 200, "wafer_up 1"},
		{plain, "HEAD", "/healthz", 200, ""},
		{plain, "POST", "/healthz", 405, ""},
		{plain, "GET", "/", 404, ""},
		{plain, "GET", "/debug/pprof/", 404, ""},
		{plain, "GET", "/debug/pprof/heap", 404, ""},
		{profiled, "GET", "/debug/pprof/", 200, "goroutine"},
		{profiled, "GET", "/debug/pprof/goroutine?debug=1", 200, "goroutine profile:"},
		{profiled, "GET", "/metrics", 404, ""},
	} {
		if status, body := c.ask(c.method, c.path); status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s %s: %d %q, want %d %q", c.method, c.path, status, body, c.status, c.body)
		}
	}
}

func TestServeFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s := admin.New(admin.Config{})
	defer s.Close()
	if err := s.Serve(ln); !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "admin: serving 127.0.0.1:") {
		t.Errorf("error %v", err)
	}
}

// TestPanics: a handler that panics is told about.
func TestPanics(t *testing.T) {
	var b bytes.Buffer
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	s := admin.New(admin.Config{
		Logger:   slog.New(slog.NewTextHandler(&b, nil)),
		Handlers: map[string]http.Handler{"GET /broken": broken},
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	if r, err := http.Get("http://" + ln.Addr().String() + "/broken"); err == nil {
		_ = r.Body.Close()
		t.Errorf("status %d", r.StatusCode)
	}
	if err := errors.Join(s.Shutdown(context.Background()), <-served); err != nil {
		t.Error(err)
	}
	if !strings.Contains(b.String(), "level=ERROR") || !strings.Contains(b.String(), "broken") {
		t.Errorf("log: %s", b.String())
	}
}
