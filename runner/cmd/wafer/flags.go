package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// functionFlags configure the one function of run, invoke and inspect.
type functionFlags struct {
	File      string              `arg:"" help:"Function to load: a .wasm file, as wafer build makes it, or a native program."`
	Name      string              `placeholder:"NAME" help:"Function name. Default: the file's name without .wasm, or that of a bootstrap's directory."`
	Service   string              `placeholder:"NAME" help:"FC 2.0 service of the function."`
	Handler   string              `default:"main" help:"Handler name that the function's context shows."`
	Memory    int                 `short:"m" default:"512" placeholder:"MB" help:"Memory limit of an instance in MB, 512 unless it is said: at most 4096 for a module, 32768 for a native program."`
	Timeout   time.Duration       `short:"t" default:"60s" help:"Longest an invocation may take."`
	InitTime  time.Duration       `name:"init-timeout" default:"60s" help:"Longest that booting a module, and then the initializer, may take. A native program has --start-timeout to start."`
	Env       map[string]string   `placeholder:"KEY=VALUE" mapsep:"none" help:"Environment variable of the function. Repeatable. It sees no others."`
	Isolation runner.Isolation    `default:"instance" enum:"instance,request" help:"What invocations share: their instance, as on FC, or nothing (request)."`
	Snapshot  runner.SnapshotMode `default:"boot" enum:"boot,init,off" help:"What instances start from: a copy of a booted one, of one whose initializer ran (init), or nothing (off)."`
	Warmup    []string            `placeholder:"EVENT|@FILE" sep:"none" help:"Event to call the handler with before the snapshot is taken. Repeatable."`
	CPU       float64             `placeholder:"SHARE" help:"Share of one CPU an instance may use, for example 0.5. Default: no limit."`
	Instances int                 `default:"100" help:"Most instances, and so invocations, at a time."`
	Port      int                 `default:"9000" help:"Port that the program listens on, if it is a server, on all addresses."`
	Hooks     []string            `name:"hook" enum:"initializer,pre-freeze,pre-stop" placeholder:"HOOK" help:"Hook that a server or a native program has: initializer, pre-freeze or pre-stop. Repeatable. Programs built with wafer's SDK say so themselves."`
	Conc      int                 `name:"concurrency" default:"1" help:"Most requests at a time in one instance of a server or a native program."`
	Idle      time.Duration       `default:"5m" help:"How long an instance may sit idle."`
	NoLogs    bool                `help:"Take the logging capability away."`
	budgetFlags
	cacheFlags

	checksum uint64      // of the zip that the file is from
	front    *frontFlags // of the command that serves it; nil where none does
}

// config makes the function's configuration.
func (f *functionFlags) config(sys *system) (runner.FunctionConfig, error) {
	name := f.Name
	if name == "" {
		name = defaultName(f.File)
	}
	cfg := runner.NewFunctionConfig(name).
		WithService(f.Service).WithHandler(f.Handler).WithChecksum(f.checksum).
		WithMemory(f.Memory).WithTimeout(f.Timeout).WithInitializationTimeout(f.InitTime).
		WithEnv(f.Env).WithIsolation(f.Isolation).WithSnapshot(f.Snapshot).
		WithCPU(f.CPU).WithMaxInstances(f.Instances).WithIdleTimeout(f.Idle).
		WithConcurrency(f.Conc).WithServer(runner.Server{
		Port: f.Port, Initializer: f.hooked("initializer"), PreFreeze: f.hooked("pre-freeze"), PreStop: f.hooked("pre-stop"),
	})
	if f.NoLogs {
		cfg = cfg.WithoutGrant(logs.Capability{}.Name())
	}
	var events [][]byte
	for _, w := range f.Warmup {
		ev, err := readEvent(w, sys.stdin)
		if err != nil {
			return cfg, err
		}
		events = append(events, ev)
	}
	return f.served(cfg).WithWarmup(events...), nil
}

// served applies what the front's flags say about the function.
func (f *functionFlags) served(cfg runner.FunctionConfig) runner.FunctionConfig {
	if f.front == nil {
		return cfg
	}
	length, wait := cfg.Queue()
	if f.front.Queue != nil {
		length = *f.front.Queue
	}
	if f.front.QueueTimeout != nil {
		wait = *f.front.QueueTimeout
	}
	return cfg.WithQueue(length, wait).WithMaxEvent(max(cfg.MaxEvent(), f.front.limits.Body))
}

// defaultName is what a function is called that has no other name. Those of
// custom runtimes would all be called bootstrap.
func defaultName(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".wasm")
	if name != native.DefaultBootstrap {
		return name
	}
	path, err := filepath.Abs(file)
	if dir := filepath.Base(filepath.Dir(path)); err == nil && dir != string(filepath.Separator) {
		return dir
	}
	return name
}

// hooked reports whether the program was said to have a hook.
func (f *functionFlags) hooked(name string) bool { return slices.Contains(f.Hooks, name) }

// load reads the file and loads it. What the function prints goes to stderr,
// and so does what takes long, unless quiet.
func (f *functionFlags) load(ctx context.Context, sys *system, quiet bool) (*runner.Runner, *runner.Function, error) {
	wasm, err := os.ReadFile(f.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s: no such file; a handler becomes one by: wafer build -o %s DIR", f.File, f.File)
	}
	if err != nil {
		return nil, nil, err
	}
	if !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		if hint := notModule(f.File); hint != "" {
			return nil, nil, errors.New(hint)
		}
	}
	cfg, err := f.config(sys)
	if err != nil {
		return nil, nil, err
	}
	rc := f.budget(runner.NewConfig().WithLogSink(sys.logSink(quiet)))
	if !f.NoCache {
		dir, err := f.cacheDir()
		if err != nil {
			return nil, nil, err
		}
		rc = f.keep(rc, dir)
	}
	r, err := runner.New(ctx, rc)
	if err != nil {
		return nil, nil, err
	}
	stop := func() {}
	if !quiet {
		stop = progress(sys.stderr, f.File, len(wasm))
	}
	fn, err := r.Load(ctx, cfg, wasm)
	stop()
	if err != nil {
		_ = r.Close(context.WithoutCancel(ctx))
		return nil, nil, err
	}
	return r, fn, nil
}

// notModule says what to do with a file that is no module, as far as its name
// tells, and "" where it does not.
func notModule(file string) string {
	switch filepath.Ext(file) {
	case ".go":
		return fmt.Sprintf("%s is Go source: a handler becomes a function by: wafer build %s", file, filepath.Dir(file))
	case ".yaml", ".yml":
		return fmt.Sprintf("%s is no function, but may describe some: wafer serve %s", file, file)
	}
	return ""
}

// progress says that a module compiles, once that takes long enough to wonder.
func progress(w io.Writer, file string, size int) (stop func()) {
	start := time.Now()
	done, said := make(chan struct{}), make(chan bool, 1)
	go func() {
		select {
		case <-done:
			said <- false
		case <-time.After(400 * time.Millisecond):
			fmt.Fprintf(w, "wafer: compiling %s (%.1f MB), the next start will not need to ...\n", file, float64(size)/1e6)
			said <- true
		}
	}()
	return func() {
		close(done)
		if <-said {
			fmt.Fprintf(w, "wafer: ready after %.1f s\n", time.Since(start).Seconds())
		}
	}
}

// readEvent returns an event given as text, as @file or as - for stdin.
func readEvent(arg string, stdin io.Reader) ([]byte, error) {
	if arg == "-" {
		b, err := io.ReadAll(stdin)
		if err != nil {
			return nil, fmt.Errorf("reading the event from stdin: %w", err)
		}
		return b, nil
	}
	if file, ok := strings.CutPrefix(arg, "@"); ok {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the event: %w", err)
		}
		return b, nil
	}
	return []byte(arg), nil
}

// printLog writes functions' log lines to w, behind their names where they are
// several.
func printLog(w io.Writer, named bool) logs.Sink {
	if !named {
		return func(l logs.Line) { fmt.Fprintf(w, "%s\n", l.Text) }
	}
	return func(l logs.Line) {
		name := l.Function
		if l.Service != "" {
			name = l.Service + "$" + name
		}
		fmt.Fprintf(w, "%s: %s\n", name, l.Text)
	}
}
