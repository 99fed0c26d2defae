package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/native"
)

// nativeLoader runs native programs. The runtime is made for the first of them:
// not every system can run one.
type nativeLoader struct {
	cfg Config

	mu      sync.Mutex
	runtime *native.Runtime
}

func (l *nativeLoader) start() (*native.Runtime, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.runtime != nil {
		return l.runtime, nil
	}
	rt, err := native.New(native.Config{LogSink: l.cfg.LogSink})
	if err != nil {
		return nil, err
	}
	l.runtime = rt
	l.cfg.Progress("native programs", rt.Containment())
	return rt, nil
}

func (l *nativeLoader) close(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.runtime == nil {
		return nil
	}
	return l.runtime.Close(ctx)
}

func (l *nativeLoader) open(_ context.Context, f *manifest.Function, c code) (*opened, error) {
	rt, err := l.start()
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(c.path)
	if err != nil {
		return nil, err
	}
	return &opened{digest: digest, load: func(ctx context.Context, cfg runner.FunctionConfig) (loaded, error) {
		p := l.program(f, c)
		alone, err := setApart(&p)
		if err != nil {
			return nil, err
		}
		fn, err := rt.Load(ctx, cfg, p)
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(alone))
		}
		return &nativeFunction{fn, alone}, nil
	}}, nil
}

// nativeFunction is a native function with a directory of its own, if any.
type nativeFunction struct {
	*native.Function
	dir string
}

// Close closes the function and removes the directory.
func (f *nativeFunction) Close(ctx context.Context) error {
	err := f.Function.Close(ctx)
	if f.dir == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(f.dir))
}

// program says how the function's program is run: as FC's runtime of that name
// does.
func (l *nativeLoader) program(f *manifest.Function, c code) native.Program {
	called := func(h *manifest.Hook) bool { return h != nil && h.Handler != "" }
	p := native.Program{
		Kind: native.Custom, Dir: c.path,
		Command: f.Process.Command, Args: f.Process.Args, Port: f.Process.Port,
		Initializer: called(f.Initializer), PreFreeze: called(f.PreFreeze), PreStop: called(f.PreStop),
		Egress: f.Extension.Egress,
	}
	if f.Runtime == "go1" {
		p.Kind, p.Command, p.Args = native.Go1, nil, nil
	}
	if h := f.Process.Health; h != nil && h.Path != "" {
		p.HealthCheck = &native.HealthCheck{
			Path: h.Path, InitialDelay: h.InitialDelay, Period: h.Period, Timeout: h.Timeout,
			FailureThreshold: h.FailuresAllowed, SuccessThreshold: h.SuccessesWant,
		}
	}
	return p
}

// setApart gives a program that is one file a directory of its own: what is
// beside the file is not the function's to see. Instances may have users of
// their own, so others may read it.
func setApart(p *native.Program) (dir string, err error) {
	info, err := os.Stat(p.Dir)
	if err != nil || info.IsDir() {
		return "", err
	}
	if dir, err = os.MkdirTemp("", "wafer-program-"); err != nil {
		return "", fmt.Errorf("making a directory for the program: %w", err)
	}
	name := filepath.Base(p.Dir)
	err = errors.Join(os.Chmod(dir, 0o755), copyFile(p.Dir, filepath.Join(dir, name)))
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	p.Dir = dir
	switch {
	case len(p.Command) == 0:
		p.Command = []string{"./" + name}
	case filepath.Base(p.Command[0]) == name:
		p.Command = append([]string{"./" + name}, p.Command[1:]...)
	}
	return dir, nil
}

// copyFile makes an executable copy.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err != nil {
		_ = out.Close()
		return fmt.Errorf("copying the program: %w", err)
	}
	return out.Close()
}

// digestOf tells whether a file or what is in a directory has changed, by names,
// sizes, modes and times.
func digestOf(path string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%q %d %v %d\n", file, info.Size(), info.Mode(), info.ModTime().UnixNano())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("looking at the code: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
