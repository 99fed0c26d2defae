package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/wafer-run/wafer/runner/internal/journal"
)

// Exit codes. Scripts rely on them.
const (
	exitOK      = 0
	exitFailure = 1 // a function or a build failed
	exitUsage   = 2 // the command line is wrong
)

// cli is the command line: one field per command, one file cli_<name>.go each.
// A command is a struct of flags with a method
//
//	Run(ctx context.Context, sys *system) error
//
// and, for its help page, a method Help() string. A Run that fails returns an
// error, which is printed after "wafer: " and makes the exit code 1; wrap it
// in exitError for another code, or for silence.
type cli struct {
	Build    buildCmd    `cmd:"" help:"Build a handler into a WebAssembly function."`
	Run      runCmd      `cmd:"" help:"Serve a function over HTTP."`
	Serve    serveCmd    `cmd:"" help:"Serve the functions of an s.yaml over HTTP."`
	Validate validateCmd `cmd:"" help:"Check an s.yaml."`
	Invoke   invokeCmd   `cmd:"" help:"Invoke a function once and print its result."`
	Inspect  inspectCmd  `cmd:"" help:"Show what became of a function's module, or what a native program is."`
	Logs     logsCmd     `cmd:"" help:"Print the journal of what was served."`
	Bench    benchCmd    `cmd:"" help:"Measure what calls of a function cost."`
	Pack     packCmd     `cmd:"" help:"Make a code package, a zip, of programs and modules."`
	Version  versionCmd  `cmd:"" help:"Print the version of wafer and of what it is made of."`
}

// system is what commands have of the world around them.
type system struct {
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	environ []string
	journal *journal.Journal // nil where there is none; set by serverFlags
	several bool             // functions are served at once; set by serveCmd
	taken   map[int]string   // ports that wafer serves on itself, and for what; set by serverFlags
}

// exitError makes the program exit with a certain code. Nothing is printed when
// err is nil.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

const description = `Runs functions written for Function Compute (FC) in WebAssembly sandboxes.

A first function:

    wafer build ./hello        build the handler in ./hello into hello.wasm

Each command has a help page of its own: wafer build --help`

// doMain runs one command and returns the exit code.
func doMain(ctx context.Context, args []string, sys *system) (code int) {
	// Kong ends the program after printing help. Here that unwinds to doMain.
	type exit struct{ code int }
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = e.code
		}
	}()
	parser, err := kong.New(&cli{},
		kong.Name("wafer"),
		kong.Description(description),
		kong.Writers(sys.stdout, sys.stderr),
		kong.Exit(func(code int) { panic(exit{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(sys),
	)
	if err != nil {
		panic(err) // the struct above is malformed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(sys.stderr, "wafer: %v\n", err)
		fmt.Fprintf(sys.stderr, "See \"wafer %s--help\".\n", selected(err))
		return exitUsage
	}
	return report(sys.stderr, command.Run())
}

// selected names the command that a usage error belongs to, if any.
func selected(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		if node := parse.Context.Selected(); node != nil {
			return node.Name + " "
		}
	}
	return ""
}

// report prints a command's error and turns it into an exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if errors.As(err, &exit) {
		if exit.err != nil {
			fmt.Fprintf(stderr, "wafer: %v\n", exit.err)
		}
		return exit.code
	}
	fmt.Fprintf(stderr, "wafer: %v\n", err)
	return exitFailure
}
