package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

type runCmd struct {
	functionFlags
	Listen string        `short:"l" default:"127.0.0.1:9000" placeholder:"HOST:PORT" help:"Address to serve on."`
	Drain  time.Duration `default:"10s" help:"How long running invocations may take to finish after SIGTERM or Ctrl-C."`
	Quiet  bool          `short:"q" help:"Print neither the function's log nor progress."`
}

func (runCmd) Help() string {
	return `Loads a function and serves it over HTTP, in the URLs of Function Compute:

    POST /2023-03-30/functions/NAME/invocations                        FC 3.0
    POST /2016-08-15/services/SERVICE/functions/NAME/invocations       FC 2.0
    ANY  /2016-08-15/proxy/SERVICE/NAME/PATH                           FC 2.0, HTTP
    ANY  every other path                                              the function's HTTP trigger

Example:

    wafer run hello.wasm
    curl 127.0.0.1:9000/2023-03-30/functions/hello/invocations -d '{"key":"value"}'

The function's log goes to stderr.`
}

// Run serves the function until ctx is done.
func (c *runCmd) Run(ctx context.Context, sys *system) error {
	// The port first: compiling for seconds to find it taken helps nobody.
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (choose another address by --listen)", c.Listen, err)
	}
	defer ln.Close()
	r, f, err := c.load(ctx, sys, c.Quiet)
	if err != nil {
		return err
	}
	defer r.Close(context.WithoutCancel(ctx))
	server, err := front.New(front.Config{
		Functions: single{f},
		Logger:    slog.New(slog.NewTextHandler(sys.stderr, nil)),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(sys.stdout, "wafer: serving %s on http://%s, try:\n\n    %s\n\n", f.Config().Name(), ln.Addr(), curl(ln.Addr().String(), f))
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintf(sys.stderr, "wafer: finishing, at most %s\n", c.Drain)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Drain)
	defer cancel()
	if err := server.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// curl returns a command line that works.
func curl(addr string, f *runner.Function) string {
	if f.HandlesHTTP() {
		return "curl http://" + addr + "/"
	}
	return fmt.Sprintf("curl http://%s/2023-03-30/functions/%s/invocations -d '{\"key\":\"value\"}'", addr, f.Config().Name())
}

// single is the one function that run serves.
type single struct{ f *runner.Function }

// Lookup implements [front.Functions].
func (s single) Lookup(service, name, qualifier string) (front.Target, error) {
	cfg := s.f.Config()
	switch {
	case cfg.Service() != "" && service != "" && service != cfg.Service():
		return front.Target{}, front.ErrServiceNotFound
	case name != cfg.Name():
		return front.Target{}, front.ErrFunctionNotFound
	case qualifier != "" && qualifier != runner.DefaultQualifier:
		return front.Target{}, front.ErrQualifierNotFound
	}
	return front.Target{Function: s.f}, nil
}

// Single implements [front.Functions].
func (s single) Single() (front.Target, bool) { return front.Target{Function: s.f}, true }
