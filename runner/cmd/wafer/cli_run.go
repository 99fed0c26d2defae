package main

import (
	"context"
	"fmt"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

type runCmd struct {
	programFlags
	serverFlags
	Quiet bool `short:"q" help:"Print neither the function's log nor progress."`
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

FILE may also be a native program for this machine: a binary of the FC Go SDK, or with --runtime custom a server, a script as well. The directory it is in is its code directory. It runs contained as far as the kernel allows, and without network unless there is --egress.

    wafer run ./main
    wafer run --runtime custom --port 8080 ./server

The function's log goes to stderr, or to a --journal.`
}

// Run serves the function until ctx is done.
func (c *runCmd) Run(ctx context.Context, sys *system) error {
	e, err := c.serverFlags.open(sys)
	if err != nil {
		return err
	}
	defer e.close()
	c.serves, c.functionFlags.front = true, &c.frontFlags
	r, f, err := c.programFlags.open(ctx, sys, c.Quiet)
	if err != nil {
		return err
	}
	defer r.Close(context.WithoutCancel(ctx))
	fmt.Fprintf(e.people(), "wafer: serving %s on %s, try:\n\n    %s\n\n", f.Config().Name(), e.urls(), curl(e, f))
	return e.serve(ctx, front.Config{Functions: newSingle(f)})
}

// curl returns a command line that works.
func curl(e *endpoint, f front.Function) string {
	if f.HandlesHTTP() {
		return e.curl() + e.url() + "/"
	}
	return fmt.Sprintf("%s%s/2023-03-30/functions/%s/invocations -d '{\"key\":\"value\"}'", e.curl(), e.url(), f.Config().Name())
}

// single is the one function that run serves.
type single struct{ front.Target }

// newSingle serves f, of both generations unless it has a service.
func newSingle(f front.Function) single {
	t := front.Target{Function: f}
	if f.Config().Service() != "" {
		gen := front.FC2
		t.Generation = &gen
	}
	return single{t}
}

// Lookup implements [front.Functions].
func (s single) Lookup(service, name, qualifier string) (front.Target, error) {
	cfg := s.Config()
	switch {
	case cfg.Service() != "" && service != "" && service != cfg.Service():
		return front.Target{}, front.ErrServiceNotFound
	case name != cfg.Name():
		return front.Target{}, front.ErrFunctionNotFound
	case qualifier != "" && qualifier != runner.DefaultQualifier:
		return front.Target{}, front.ErrQualifierNotFound
	}
	return s.Target, nil
}

// Single implements [front.Functions].
func (s single) Single() (front.Target, bool) { return s.Target, true }
