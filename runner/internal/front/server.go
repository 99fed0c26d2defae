package front

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// shutdownGrace is how long canceled invocations get to send their answers.
const shutdownGrace = 2 * time.Second

// idleWorker is how long fasthttp keeps a goroutine that has no connection, and
// how late the one that looks after those ends.
const idleWorker = 2 * time.Second

// Server serves functions. It is safe for concurrent use.
type Server struct {
	cfg       Config
	http      fasthttp.Server
	inflight  inflight
	limits    [len(presets)]Limits
	gate      *gate // of all invocations; nil where there is no limit
	tenants   tenants
	bodies    budget
	exchanges sync.Pool
	stages    stages
	conns     conns
	encoders  encoders
	refusals  sync.WaitGroup // connections that are turned away

	mu        sync.Mutex
	listeners []net.Listener
	stopped   bool
	watching  chan struct{} // ends the sweep when closed; nil until it runs
}

// New makes a server.
//
// # Errors
//
// Everything that is wrong with cfg, joined.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return newServer(cfg), nil
}

func newServer(cfg Config) *Server {
	s := &Server{cfg: cfg, bodies: budget{limit: cfg.BodyMemory}}
	s.conns = conns{most: cfg.MaxConns, mostEach: cfg.MaxConnsPerClient}
	for gen := range presets {
		s.limits[gen] = presets[gen].With(&cfg.Limits)
	}
	if cfg.Concurrency > 0 {
		s.gate = newGate(cfg.Concurrency)
	}
	s.inflight.init()
	s.exchanges.New = func() any {
		x := new(exchange)
		x.answer.x, x.run.x = x, x
		return x
	}
	s.http = fasthttp.Server{ // without timeouts: [pace] has them, and headReceived that of the body
		Handler:                      s.handle,
		ErrorHandler:                 s.malformed,
		Logger:                       logger{cfg.Logger},
		ReadBufferSize:               cfg.maxHead(),
		HeaderReceived:               s.headReceived,
		ConnState:                    moved,
		ExpectHandler:                s.expect,
		Concurrency:                  cfg.MaxConns + maxRefusing, // conns sees to the limit
		MaxIdleWorkerDuration:        idleWorker,
		ReduceMemoryUsage:            true, // also sends an answer before it waits for a pipelined request's
		StreamRequestBody:            true, // limits differ by route, see body.go
		MaxRequestBodySize:           presets[FC3].Body,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true,
		CloseOnShutdown:              true,
	}
	return s
}

// Serve accepts connections from ln until [Server.Shutdown], and then returns
// nil. It may be called for several listeners, which it closes.
func (s *Server) Serve(ln net.Listener) error { return s.serve(ln, s.guarded(ln, false)) }

// ServeTLS is Serve over TLS with that configuration, which should offer
// HTTP/1.1 only, see package certificate.
func (s *Server) ServeTLS(ln net.Listener, cfg *tls.Config) error {
	return s.serve(ln, tls.NewListener(s.guarded(ln, true), cfg))
}

func (s *Server) serve(ln, guarded net.Listener) error {
	if !s.open(ln) {
		return ln.Close()
	}
	err := s.http.Serve(guarded)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	if err == nil { // somebody else closed ln
		err = net.ErrClosed
	}
	return fmt.Errorf("front: serving %s: %w", ln.Addr(), err)
}

// open registers a listener, unless the server was stopped before.
func (s *Server) open(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.listeners = append(s.listeners, ln)
	if s.watching == nil {
		s.watching = make(chan struct{})
		go s.inflight.watch(s.watching)
	}
	return true
}

// close closes the listeners. fasthttp would miss those that it was not given
// yet.
func (s *Server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for _, ln := range s.listeners {
		_ = ln.Close() // fasthttp closes it again and tells
	}
	s.listeners = nil
}

// unwatch ends the sweep.
func (s *Server) unwatch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watching != nil {
		close(s.watching)
		s.watching = nil
	}
}

// Shutdown accepts no more connections, lets running requests end, and closes
// connections as they become idle. When ctx is done, the invocations that still
// run are canceled and answered with an error, and ctx's error is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	defer s.unwatch()
	wait, give := context.WithCancel(context.WithoutCancel(ctx))
	defer give()
	cut := context.AfterFunc(ctx, func() {
		s.inflight.cancelAll(errShuttingDown)
		time.AfterFunc(shutdownGrace, give)
	})
	defer cut()
	err := s.http.ShutdownWithContext(wait)
	s.refusals.Wait()
	s.stages.close()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("front: shutting down: %w", err)
	}
	return nil
}

// logger hands fasthttp's log on.
type logger struct{ l *slog.Logger }

// Printf implements [fasthttp.Logger]. What is wrong with single connections is
// for debugging: their clients have an answer, the journal has a record, and
// anybody could fill the log with it.
func (l logger) Printf(format string, args ...any) {
	for _, a := range args {
		var told *brokenOff
		if err, ok := a.(error); ok && errors.As(err, &told) {
			return
		}
	}
	level := slog.LevelWarn
	if strings.HasPrefix(format, "error when serving connection") {
		level = slog.LevelDebug
	}
	l.l.Log(context.Background(), level, "front: "+fmt.Sprintf(format, args...))
}
