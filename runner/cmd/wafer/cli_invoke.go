package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

type invokeCmd struct {
	programFlags
	Event string `short:"e" placeholder:"EVENT|@FILE|-" help:"Event: text, @ and a file, or - for stdin. Default: an empty event."`
	Times int    `default:"1" help:"Invoke this often, in one process: the first is a cold start."`
	Quiet bool   `short:"q" help:"Print the result and nothing else."`
}

func (invokeCmd) Help() string {
	return `Loads a function, invokes it once and prints its result on stdout. Its log and the execution summary go to stderr.

Examples:

    wafer invoke hello.wasm -e '{"key":"value"}'
    wafer invoke hello.wasm -e @event.json
    echo '"text"' | wafer invoke hello.wasm -e -
    wafer invoke hello.wasm -e '{}' --isolation request --times 3
    wafer invoke ./main -e '{"key":"value"}'          a native program, see wafer run --help

Go handlers whose parameter is not []byte take JSON: a string event is written with its quotes. Exits with 1 when the function fails; the error then is on stdout, as a caller of FC would see it.`
}

// Run invokes the function.
func (c *invokeCmd) Run(ctx context.Context, sys *system) error {
	event, err := readEvent(c.Event, sys.stdin)
	if err != nil {
		return err
	}
	r, f, err := c.open(ctx, sys, c.Quiet)
	if err != nil {
		return err
	}
	defer r.Close(context.WithoutCancel(ctx))
	for range max(c.Times, 1) {
		if err := c.once(ctx, sys, f, event); err != nil {
			return err
		}
	}
	return nil
}

func (c *invokeCmd) once(ctx context.Context, sys *system, f front.Function, event []byte) error {
	res, err := f.Invoke(ctx, runner.Event{Payload: event})
	var failed *runner.InvokeError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	var out []byte
	if failed != nil {
		out = failed.JSON()
	} else {
		out = res.Payload
	}
	if _, err := fmt.Fprintf(sys.stdout, "%s\n", out); err != nil {
		return err
	}
	if res != nil && !c.Quiet {
		fmt.Fprintf(sys.stderr, "RequestId: %s, Code Checksum: %d\n%s\n", res.RequestID, res.Usage.Checksum, res.Usage.Summary())
	}
	if failed != nil {
		if fn, ok := f.(*runner.Function); ok && !c.Quiet && fn.HandlesHTTP() && !fn.Inspect().Server {
			fmt.Fprintf(sys.stderr, "wafer: the handler takes HTTP requests, and no events: wafer run %s serves it\n", c.File)
		}
		return &exitError{code: exitFailure}
	}
	return nil
}
