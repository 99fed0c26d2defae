package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/wafer-run/wafer/runner/internal/admin"
	"github.com/wafer-run/wafer/runner/internal/certificate"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// serverFlags configure what serves functions over HTTP, alike in every command
// that does:
//
//	e, err := c.open(sys)                     // ports first: compiling to find one taken helps nobody
//	defer e.close()
//	... load functions ...
//	return e.serve(ctx, front.Config{...})    // until ctx is done
type serverFlags struct {
	Listen  string        `short:"l" default:"127.0.0.1:9000" placeholder:"HOST:PORT" help:"Address to serve on."`
	Drain   time.Duration `default:"10s" help:"How long running invocations may take to finish after SIGTERM or Ctrl-C."`
	TLSCert []string      `name:"tls-cert" type:"path" placeholder:"FILE" help:"Certificate chain in PEM: serve HTTPS. Repeatable, each with a --tls-key; the name a client asks for picks one. Files that change are read again."`
	TLSKey  []string      `name:"tls-key" type:"path" placeholder:"FILE" help:"Private key in PEM of the --tls-cert at the same place."`
	Admin   string        `placeholder:"HOST:PORT" help:"Address for /healthz and /readyz. Default: none."`
	Pprof   bool          `help:"Serve profiles of wafer itself under /debug/pprof/ on the admin address."`

	frontFlags
	journalFlags
}

// endpoint is what serverFlags opened.
type endpoint struct {
	flags *serverFlags
	sys   *system
	log   *slog.Logger
	ln    net.Listener
	certs *certificate.Store // empty when nothing is served over TLS

	reloader *certificate.Reloader // nil without --tls-cert
	admin    *admin.Server         // nil without --admin
	adminLn  net.Listener
	stopped  chan error // what the admin server ended with
}

// open reads the certificates and listens on all addresses. The admin address
// answers from now on, that the program is starting.
func (f *serverFlags) open(sys *system) (*endpoint, error) {
	if len(f.TLSCert) != len(f.TLSKey) {
		return nil, fmt.Errorf("%d times --tls-cert and %d times --tls-key, want as many of one as of the other", len(f.TLSCert), len(f.TLSKey))
	}
	if f.Pprof && f.Admin == "" {
		return nil, errors.New("--pprof needs an address: --admin HOST:PORT")
	}
	if err := f.frontFlags.check(); err != nil {
		return nil, err
	}
	e := &endpoint{flags: f, sys: sys, log: slog.New(slog.NewTextHandler(sys.stderr, nil)), certs: new(certificate.Store)}
	if err := e.open(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *endpoint) open() (err error) {
	f := e.flags
	if e.sys.journal, err = f.journalFlags.open(e.sys, e.log); err != nil {
		return err
	}
	if e.ln, err = net.Listen("tcp", f.Listen); err != nil {
		return fmt.Errorf("listening on %s: %w (choose another address by --listen)", f.Listen, err)
	}
	e.take(e.ln, "wafer itself", "--listen")
	if len(f.TLSCert) > 0 {
		var files []certificate.Files
		for i := range f.TLSCert {
			files = append(files, certificate.Files{Cert: f.TLSCert[i], Key: f.TLSKey[i]})
		}
		if e.reloader, err = certificate.NewReloader(e.certs, files, e.log); err != nil {
			return err
		}
	}
	if f.Admin != "" {
		if e.adminLn, err = net.Listen("tcp", f.Admin); err != nil {
			return fmt.Errorf("listening on %s: %w (choose another address by --admin)", f.Admin, err)
		}
		e.take(e.adminLn, "wafer's admin server", "--admin")
		e.admin = admin.New(admin.Config{Pprof: f.Pprof})
		e.stopped = make(chan error, 1)
		go func() { e.stopped <- e.admin.Serve(e.adminLn) }()
	}
	return nil
}

// take keeps the port of a listener from native programs.
func (e *endpoint) take(ln net.Listener, who, flag string) {
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		if e.sys.taken == nil {
			e.sys.taken = map[int]string{}
		}
		e.sys.taken[a.Port] = fmt.Sprintf("%s (%s, by %s)", who, a, flag)
	}
}

// url is where functions are served.
func (e *endpoint) url() string {
	if e.tls() {
		return "https://" + e.ln.Addr().String()
	}
	return "http://" + e.ln.Addr().String()
}

func (e *endpoint) tls() bool { return len(e.flags.TLSCert) > 0 }

// serve serves until ctx is done, and lets running invocations finish then. The
// flags complete cfg.
func (e *endpoint) serve(ctx context.Context, cfg front.Config) error {
	if cfg.Logger == nil {
		cfg.Logger = e.log
	}
	e.flags.configure(&cfg)
	if e.sys.journal != nil && cfg.Record == nil {
		cfg.Record = e.sys.journal.Request
	}
	server, err := front.New(cfg)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() {
		if e.tls() {
			failed <- server.ServeTLS(e.ln, e.certs.ServerConfig())
		} else {
			failed <- server.Serve(e.ln)
		}
	}()
	if e.admin != nil {
		e.admin.Ready()
	}
	select {
	case err := <-failed:
		return err
	case err := <-e.stopped: // never without --admin
		return err
	case <-ctx.Done():
	}
	if e.admin != nil {
		e.admin.Drain()
	}
	fmt.Fprintf(e.sys.stderr, "wafer: finishing, at most %s\n", e.flags.Drain)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.flags.Drain)
	defer cancel()
	if err := server.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// close closes what is open. Nothing of it can matter any more.
func (e *endpoint) close() {
	if e.ln != nil {
		_ = e.ln.Close()
	}
	if e.reloader != nil {
		_ = e.reloader.Close()
	}
	if e.admin != nil {
		_ = e.admin.Close()
	}
	if e.adminLn != nil {
		_ = e.adminLn.Close()
	}
	if e.sys.journal != nil {
		closeJournal(e.sys, e.sys.journal)
		e.sys.journal = nil
	}
}
