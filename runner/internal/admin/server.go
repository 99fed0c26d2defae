package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"
)

// Timeouts of the server. Its clients are near and ask for little.
const (
	headTimeout  = 5 * time.Second
	idleTimeout  = 2 * time.Minute
	checkTimeout = 5 * time.Second
	maxHead      = 16 << 10 // bytes
)

// Server answers operators. It is safe for concurrent use.
type Server struct {
	cfg   Config
	state atomic.Int32
	http  http.Server
}

// What the process is doing.
const (
	starting int32 = iota
	ready
	draining
)

// New makes a server, which says that it is starting.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg}
	s.http = http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: headTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHead,
	}
	if cfg.Logger != nil {
		s.http.ErrorLog = slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelError)
	}
	return s
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	if s.cfg.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	for pattern, h := range s.cfg.Handlers {
		mux.Handle(pattern, h)
	}
	return mux
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	switch s.state.Load() {
	case starting:
		say(w, 503, "starting")
		return
	case draining:
		say(w, 503, "draining")
		return
	}
	if s.cfg.Check != nil {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		if err := s.cfg.Check(ctx); err != nil {
			say(w, 503, err.Error())
			return
		}
	}
	say(w, 200, "ok")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // a caller that is gone needs no answer
}

// Handler answers as the server does, for a listener of somebody else.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Ready makes /readyz answer 200, unless draining has begun.
func (s *Server) Ready() { s.state.CompareAndSwap(starting, ready) }

// Drain makes /readyz answer 503 from now on.
func (s *Server) Drain() { s.state.Store(draining) }

// Serve accepts connections from ln, which it closes, until [Server.Shutdown]
// or [Server.Close], and then returns nil.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("admin: serving %s: %w", ln.Addr(), err)
	}
	return nil
}

// Shutdown lets running requests end, until ctx is done, and closes everything.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("admin: shutting down: %w", err), s.http.Close())
	}
	return nil
}

// Close ends everything at once.
func (s *Server) Close() error { return s.http.Close() }
