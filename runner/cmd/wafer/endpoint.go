package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/wafer-run/wafer/runner/internal/admin"
	"github.com/wafer-run/wafer/runner/internal/certificate"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// endpoint is what serverFlags opened.
type endpoint struct {
	flags  *serverFlags
	sys    *system
	log    *slog.Logger
	plain  net.Listener       // for HTTP; nil where only HTTPS is served
	secure net.Listener       // for HTTPS; nil where there is none
	certs  *certificate.Store // empty when nothing is served over TLS

	reloader *certificate.Reloader // nil without --tls-cert
	admin    *admin.Server         // nil without --admin
	adminLn  net.Listener
	stopped  chan error      // what the admin server ended with
	warned   map[string]bool // what has been said by warn

	certified map[string]bool // keys in certs of custom domains' certificates
}

func (e *endpoint) open() (err error) {
	f := e.flags
	if e.sys.journal, err = f.journalFlags.open(e.sys, e.log); err != nil {
		return err
	}
	main := &e.plain
	if len(f.TLSCert) > 0 && f.ListenTLS == "" {
		main = &e.secure
	}
	if *main, err = e.listen(f.Listen, "wafer itself", "--listen"); err != nil {
		return err
	}
	if f.ListenTLS != "" {
		if e.secure, err = e.listen(f.ListenTLS, "wafer itself", "--listen-tls"); err != nil {
			return err
		}
	}
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
		if e.adminLn, err = e.listen(f.Admin, "wafer's admin server", "--admin"); err != nil {
			return err
		}
		e.admin = admin.New(admin.Config{Pprof: f.Pprof, Logger: e.log})
		e.stopped = make(chan error, 1)
		go func() { e.stopped <- e.admin.Serve(e.adminLn) }()
	}
	return nil
}

// listen listens on an address that a flag names, and keeps its port from native
// programs.
func (e *endpoint) listen(addr, who, flag string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w (choose another address by %s)", addr, err, flag)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		if e.sys.taken == nil {
			e.sys.taken = map[int]string{}
		}
		e.sys.taken[a.Port] = fmt.Sprintf("%s (%s, by %s)", who, a, flag)
	}
	return ln, nil
}

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
	failed := make(chan error, 2)
	if e.plain != nil {
		go func() { failed <- server.Serve(e.plain) }()
	}
	if e.secure != nil {
		go func() { failed <- server.ServeTLS(e.secure, e.certs.ServerConfig()) }()
	}
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
	for _, ln := range []net.Listener{e.plain, e.secure, e.adminLn} {
		if ln != nil {
			_ = ln.Close()
		}
	}
	if e.reloader != nil {
		_ = e.reloader.Close()
	}
	if e.admin != nil {
		_ = e.admin.Close()
	}
	if e.sys.journal != nil {
		closeJournal(e.sys, e.sys.journal)
		e.sys.journal = nil
	}
}
