package experiment

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner"
)

// The event that everything is called with, and the answer to it.
var (
	helloEvent  = []byte(`{"key":"value"}`)
	helloAnswer = []byte(`"hello, value!"`)
)

// Lab holds what experiments share: functions built from source, and a
// directory in which their code has been prepared. It is not safe for
// concurrent use.
type Lab struct {
	// Progress is told what is going on. It must not be nil.
	Progress func(format string, args ...any)
	// Out is the directory for results.
	Out string

	tools    *subject.Toolchain
	dir      string
	built    map[string][]byte // modules by directory
	prepared map[string]bool   // modules by directory
}

// NewLab makes a lab. Its files are in bench/out of the source tree and not in
// the system's place for temporary files, which may be in memory: they take
// more than 10 GB at times. Close it when done.
func NewLab(ctx context.Context, progress func(format string, args ...any)) (*Lab, error) {
	root, err := subject.Root(ctx)
	if err != nil {
		return nil, err
	}
	l := &Lab{Progress: progress, Out: filepath.Join(root, "bench", "out"), built: map[string][]byte{}, prepared: map[string]bool{}}
	if err := os.MkdirAll(l.Out, 0o755); err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	if l.dir, err = os.MkdirTemp(l.Out, "engine-"); err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	l.tools = &subject.Toolchain{Root: root, Dir: l.dir}
	return l, nil
}

// Close removes the lab's own files.
func (l *Lab) Close() error { return os.RemoveAll(l.dir) }

// The functions that are measured.
const (
	helloDir = "bench/testdata/hello"
	loopDir  = "bench/testdata/loop"
)

// function returns the module of the handler in a directory of the tree.
func (l *Lab) function(ctx context.Context, dir string) ([]byte, error) {
	if wasm := l.built[dir]; wasm != nil {
		return wasm, nil
	}
	l.Progress("building %s", dir)
	wasm, err := l.tools.Function(ctx, dir)
	if err != nil {
		return nil, err
	}
	l.built[dir] = wasm
	return wasm, nil
}

// path returns the file that holds the module.
func (l *Lab) path(ctx context.Context, dir string) (string, error) {
	wasm, err := l.function(ctx, dir)
	if err != nil {
		return "", err
	}
	file := filepath.Join(l.dir, filepath.Base(dir)+".wasm")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	return file, os.WriteFile(file, wasm, 0o600)
}

// cache is where runners find the code of what has been prepared.
func (l *Lab) cache() string { return filepath.Join(l.dir, "cache") }

// prepare makes sure that the function's code and its snapshot are in the
// cache.
func (l *Lab) prepare(ctx context.Context, dir string) ([]byte, error) {
	wasm, err := l.function(ctx, dir)
	if err != nil || l.prepared[dir] {
		return wasm, err
	}
	l.Progress("compiling %s", dir)
	err = l.withFunction(ctx, runner.NewFunctionConfig("prepare"), wasm, func(*runner.Function) error { return nil })
	l.prepared[dir] = err == nil
	return wasm, err
}

// withFunction loads a function into a runner of its own, hands it to do and
// closes both.
func (l *Lab) withFunction(ctx context.Context, cfg runner.FunctionConfig, wasm []byte, do func(*runner.Function) error) error {
	return l.withRunner(ctx, runner.NewConfig().WithCacheDir(l.cache()), func(r *runner.Runner) error {
		f, err := r.Load(ctx, cfg, wasm)
		if err != nil {
			return err
		}
		return do(f)
	})
}

// withRunner makes a runner, hands it to do and closes it.
func (l *Lab) withRunner(ctx context.Context, cfg runner.Config, do func(*runner.Runner) error) error {
	r, err := runner.New(ctx, cfg)
	if err != nil {
		return err
	}
	err = do(r)
	if cerr := r.Close(context.WithoutCancel(ctx)); err == nil {
		err = cerr
	}
	return err
}

// tempDir makes a directory below the lab's.
func (l *Lab) tempDir(name string) (string, error) {
	dir, err := os.MkdirTemp(l.dir, name+"-")
	if err != nil {
		return "", fmt.Errorf("experiment: %w", err)
	}
	return dir, nil
}

// invoker is a function, in a sandbox or not.
type invoker interface {
	Invoke(context.Context, runner.Event) (*runner.Result, error)
}

// hello sends the event to f and checks the answer.
func hello(ctx context.Context, f invoker) (*runner.Result, error) {
	res, err := f.Invoke(ctx, runner.Event{Payload: helloEvent})
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(res.Payload, helloAnswer) {
		return nil, fmt.Errorf("experiment: the answer is %q, want %q", res.Payload, helloAnswer)
	}
	return res, nil
}
