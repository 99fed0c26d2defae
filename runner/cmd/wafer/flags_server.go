package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wafer-run/wafer/runner/internal/certificate"
)

// serverFlags configure what serves functions over HTTP, alike in every command
// that does:
//
//	e, err := c.open(sys)                     // ports first: compiling to find one taken helps nobody
//	defer e.close()
//	... load functions ...
//	return e.serve(ctx, front.Config{...})    // until ctx is done
type serverFlags struct {
	Listen    string        `short:"l" default:"127.0.0.1:9000" placeholder:"HOST:PORT" help:"Address to serve on: HTTP, or HTTPS where there is --tls-cert and no --listen-tls."`
	ListenTLS string        `name:"listen-tls" placeholder:"HOST:PORT" help:"Address to serve HTTPS on, beside HTTP on --listen. Default: none."`
	Drain     time.Duration `default:"10s" help:"How long running invocations may take to finish after SIGTERM or Ctrl-C."`
	TLSCert   []string      `name:"tls-cert" type:"path" placeholder:"FILE" help:"Certificate chain in PEM: serve HTTPS. Repeatable, each with a --tls-key; the name a client asks for picks one. Files that change are read again."`
	TLSKey    []string      `name:"tls-key" type:"path" placeholder:"FILE" help:"Private key in PEM of the --tls-cert at the same place."`
	Admin     string        `placeholder:"HOST:PORT" help:"Address for /healthz and /readyz. Default: none."`
	Pprof     bool          `help:"Serve profiles of wafer itself under /debug/pprof/ on the admin address."`

	frontFlags
	journalFlags

	certified bool // the file has a certificate for a custom domain
}

// open reads the certificates and listens on all addresses. The admin address
// answers from now on, that the program is starting.
func (f *serverFlags) open(sys *system) (*endpoint, error) {
	if len(f.TLSCert) != len(f.TLSKey) {
		return nil, fmt.Errorf("%d times --tls-cert and %d times --tls-key, want as many of one as of the other", len(f.TLSCert), len(f.TLSKey))
	}
	if f.ListenTLS != "" && len(f.TLSCert) == 0 && !f.certified {
		return nil, errors.New("--listen-tls needs a certificate: --tls-cert and --tls-key, or in wafer serve certConfig of a custom domain")
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
