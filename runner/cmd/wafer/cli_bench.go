package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/bench/load"
	"github.com/wafer-run/wafer/bench/results"
	"github.com/wafer-run/wafer/runner"
)

type benchCmd struct {
	File   struct{} `kong:"-"` // that of functionFlags, which may be a native program
	Module string   `arg:"" name:"file" help:"Module to measure: a .wasm file, as wafer build makes it."`
	functionFlags
	Event  *string       `short:"e" placeholder:"EVENT|@FILE|-" help:"Event to call the function with; a request's body where it handles HTTP. Default: empty."`
	Method string        `default:"GET" help:"Method of the request, where the function handles HTTP."`
	Path   *string       `help:"Path and query of the request, where the function handles HTTP. Default: /."`
	Rounds int           `short:"n" default:"10" help:"How often the costly steps are taken; the cheap ones are taken a hundred times that."`
	Load   time.Duration `default:"3s" help:"How long to put load on the function, 1, 4 and 16 calls at a time. 0 skips it."`
	Out    string        `short:"o" placeholder:"DIR" help:"Directory to write a report into: report.html with charts, results.jsonl, and results.txt for benchstat."`
}

func (benchCmd) Help() string {
	return `Measures what calls of a module cost in this process, without a front:

    deploy        never seen: compile, boot, freeze, call
    restart       prepared on disk, a new runner
    cold code     loaded, but its code was evicted from memory
    new instance  the code is in memory, no instance is
    isolated      a fresh sandbox for every call
    warm          an idle instance is used again

and then how many calls per second it takes. It compiles the module first, and
takes about half a minute. A native program has none of these temperatures, and is
not measured. Every call must succeed: give it an event or a request that the
function takes. Times depend on the machine: compare what was measured on the same
one, for example with benchstat old/results.txt new/results.txt
(go install golang.org/x/perf/cmd/benchstat@latest).

Examples:

    wafer bench hello.wasm -e '{"key":"value"}' --out new
    wafer bench server.wasm --path '/users/42?sort=name'`
}

// Run measures and prints as it goes.
func (c *benchCmd) Run(ctx context.Context, sys *system) error {
	c.functionFlags.File = c.Module
	wasm, err := c.module()
	if err != nil {
		return err
	}
	if c.Out != "" { // whether that works is to be known before all is measured
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
	}
	cfg, err := c.config(sys)
	if err != nil {
		return err
	}
	call, err := c.call(sys)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wafer-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // the system removes what is left
	steps, err := ladder.Measure(ctx, ladder.Options{
		Wasm: wasm, Config: cfg, Call: call, Dir: dir, Rounds: c.Rounds,
		Progress: func(t ladder.Temperature) { fmt.Fprintf(sys.stderr, "wafer: measuring: %s\n", t) },
	})
	var failed *runner.InvokeError
	if errors.As(err, &failed) && c.Event == nil && c.Path == nil && failed.Kind == runner.HandlerFailed {
		return fmt.Errorf("%w (the event was empty: -e EVENT gives one)", err)
	}
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(sys.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\tcalls\tp50\tp90\tp99\tmax\t\n")
	for _, s := range steps {
		if s.Latency.Count() == 0 {
			fmt.Fprintf(w, "%s\t0\t-\t-\t-\t-\t  %s\n", s.Temperature, s.Note)
			continue
		}
		row(w, string(s.Temperature), s.Latency, s.Note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var loads []results.Load
	if c.Load > 0 {
		if loads, err = c.throughput(ctx, sys, cfg, wasm, dir, call); err != nil {
			return err
		}
	}
	if c.Out == "" {
		return nil
	}
	all := results.Results{
		Module: strings.TrimSuffix(filepath.Base(c.Module), ".wasm"), Version: version(), Steps: steps, Loads: loads,
		Command: fmt.Sprintf("wafer bench %s -n %d --load %v", c.Module, c.Rounds, c.Load), // not all flags: --env may have secrets
	}
	if err := all.Write(c.Out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(sys.stderr, "wafer: report: %s\n", filepath.Join(c.Out, "report.html"))
	return err
}

// module reads what is measured.
func (c *benchCmd) module() ([]byte, error) {
	if info, err := os.Stat(c.Module); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory: wafer build -o FILE.wasm %s makes a module of a handler", c.Module, c.Module)
	}
	wasm, err := os.ReadFile(c.Module)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		return nil, fmt.Errorf("%s is no WebAssembly module, and others have none of these temperatures", c.Module)
	}
	return wasm, nil
}

func row(w *tabwriter.Writer, name string, l *load.Latency, note string) {
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t", name, l.Count(), short(l.Quantile(0.5)), short(l.Quantile(0.9)), short(l.Quantile(0.99)), short(l.Max()))
	if note != "" {
		fmt.Fprintf(w, "  %s", note)
	}
	fmt.Fprintln(w)
}

// short keeps three digits of a duration.
func short(d time.Duration) string {
	unit := time.Nanosecond
	for d >= 1000*unit {
		unit *= 10
	}
	return d.Round(unit).String()
}

// call is one call with the event or the request.
func (c *benchCmd) call(sys *system) (func(context.Context, *runner.Function) error, error) {
	var body []byte
	if c.Event != nil {
		var err error
		if body, err = readEvent(*c.Event, sys.stdin); err != nil {
			return nil, err
		}
	}
	uri := "/"
	if c.Path != nil {
		uri = *c.Path
	}
	path, _, _ := strings.Cut(uri, "?")
	return func(ctx context.Context, f *runner.Function) error {
		if !f.HandlesHTTP() {
			_, err := f.Invoke(ctx, runner.Event{Payload: body})
			return err
		}
		_, err := f.InvokeHTTP(ctx, &runner.HTTPRequest{
			Event: runner.Event{Payload: body}, Method: c.Method, URI: uri, Path: path, Host: "localhost", ClientIP: "127.0.0.1", Protocol: "HTTP/1.1",
		}, discard{})
		return err
	}, nil
}

// loadRounds is in how many parts a load is put on the function.
const loadRounds = 6

// throughput puts load on the function.
func (c *benchCmd) throughput(ctx context.Context, sys *system, cfg runner.FunctionConfig, wasm []byte, dir string, call func(context.Context, *runner.Function) error) (loads []results.Load, err error) {
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(filepath.Join(dir, "prepared")))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
	f, err := r.Load(ctx, cfg, wasm)
	if err != nil {
		return nil, err
	}
	w := tabwriter.NewWriter(sys.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\n\tper second\tp50\tp99\tp99.9\t\n")
	for _, n := range []int{1, 4, 16} {
		fmt.Fprintf(sys.stderr, "wafer: measuring: %d at a time\n", n)
		at := results.Load{InFlight: n}
		for range loadRounds {
			res := load.Closed{Workers: n, Duration: c.Load / loadRounds}.Run(ctx, func(ctx context.Context, _ int) error { return call(ctx, f) })
			if res.Err != nil {
				return nil, res.Err
			}
			at.Rounds = append(at.Rounds, res)
		}
		loads = append(loads, at)
		l := at.Latency()
		fmt.Fprintf(w, "%d at a time\t%.0f\t%s\t%s\t%s\t\n", n, at.Rate(), short(l.Quantile(0.5)), short(l.Quantile(0.99)), short(l.Quantile(0.999)))
	}
	return loads, w.Flush()
}

// discard is an HTTP answer that nobody reads.
type discard struct{}

// WriteHead implements [runner.HTTPWriter].
func (discard) WriteHead(status int, _ []runner.Header, _ int64) error {
	if status >= 400 {
		return fmt.Errorf("the function answered %d", status)
	}
	return nil
}

// Write implements [runner.HTTPWriter].
func (discard) Write(b []byte) (int, error) { return len(b), nil }
