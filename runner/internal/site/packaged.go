package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/bundle"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/native"
)

// packageLoader loads what a code package has: a module or a program.
type packageLoader struct {
	cfg     Config
	native  *nativeRuntime
	modules moduleLoader
}

func (l *packageLoader) open(_ context.Context, f *manifest.Function, c code) (*opened, error) {
	b, err := bundle.Open(c.path, filepath.Join(l.cfg.CacheDir, "packages"))
	if err != nil {
		return nil, plain(err)
	}
	digest, err := digestOf(b)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	t, doubt, err := l.target(f, b)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return &opened{
		digest: digest,
		doubt:  doubt,
		drop:   b.Close,
		load: func(ctx context.Context, cfg runner.FunctionConfig) (loaded, error) {
			if b.Kind() == bundle.Zip {
				sum, err := b.Checksum()
				if err != nil {
					return nil, err
				}
				cfg = cfg.WithChecksum(sum)
			}
			if t.Wasm != nil {
				fn, err := l.modules.load(ctx, f, cfg, t.Wasm)
				if err != nil {
					return nil, err
				}
				return holding{fn, b}, nil
			}
			rt, err := l.native.get()
			if err != nil {
				return nil, err
			}
			fn, err := rt.Load(ctx, cfg, programOf(f, cfg.Server(), b.Dir(), t.Start))
			if err != nil {
				return nil, err
			}
			if fn.SharesPort() && cfg.MaxInstances() > 1 {
				l.cfg.Progress(f.ID, fmt.Sprintf("one instance at a time: they share port %d of the host (freePort: true gives each one of its own)", fn.Program().Port))
			}
			return holding{fn, b}, nil
		},
	}, nil
}

// target picks what of a package is to run, and says why it will not start if
// FC would find that out by invocations only.
func (l *packageLoader) target(f *manifest.Function, b *bundle.Bundle) (t bundle.Target, doubt string, err error) {
	if t, err = b.Target(f.Runtime, entry(f), bundle.Any); err == nil {
		return t, "", nil
	}
	if doubt = doubtOf(f, b.Dir()); doubt != "" {
		return bundle.Target{Dir: b.Dir(), Start: startFile(f)}, doubt, nil
	}
	if b.Kind() != bundle.Zip && custom(f.Runtime) && len(f.Process.Command) > 0 {
		return t, "", nil // a program of the system's
	}
	return t, "", plain(err)
}

// plain leaves out of an error what its place says already.
func plain(err error) error {
	var bad *bundle.Error
	if errors.As(err, &bad) {
		return errors.New(problemOf(bad))
	}
	return err
}

// holding is a function that needs the files of its package.
type holding struct {
	loaded
	files *bundle.Bundle
}

// Close closes the function and gives the files back.
func (h holding) Close(ctx context.Context) error {
	return errors.Join(h.loaded.Close(ctx), h.files.Close())
}

// EventsOnly reports whether the function knows that it takes no HTTP requests.
func (h holding) EventsOnly() bool { return eventsOnly(h.loaded) }

// programOf says how a function's program is run: as FC's runtime of that name
// does. start is the file in the package, "" for a program of the
// system's.
func programOf(f *manifest.Function, server runner.Server, dir, start string) native.Program {
	p := native.Program{
		Kind: native.Custom, Dir: dir, Args: f.Process.Args, Port: server.Port,
		Command: f.Process.Command, Egress: f.Extension.Egress, FreePort: f.Extension.FreePort,
		Initializer: server.Initializer, PreFreeze: server.PreFreeze, PreStop: server.PreStop,
	}
	if f.Runtime == "go1" {
		p.Kind, p.Command, p.Args = native.Go1, nil, nil
	}
	if start != "" {
		p.Command = append([]string{"./" + start}, p.Command[min(1, len(p.Command)):]...)
	}
	if t := f.Extension.StartTimeout; t != nil {
		p.StartTimeout = *t
	}
	if h := f.Process.Health; h != nil && h.Path != "" {
		p.HealthCheck = &native.HealthCheck{
			Path: h.Path, InitialDelay: h.InitialDelay, Period: h.Period, Timeout: h.Timeout,
			FailureThreshold: h.FailuresAllowed, SuccessThreshold: h.SuccessesWant,
		}
	}
	return p
}

// digestOf tells whether a package has changed: by its checksum, or for a
// directory by names, sizes, modes and times.
func digestOf(b *bundle.Bundle) (string, error) {
	if b.Kind() != bundle.Directory {
		sum, err := b.Checksum()
		return strconv.FormatUint(sum, 10), err
	}
	sum := sha256.New()
	err := filepath.WalkDir(b.Dir(), func(file string, e fs.DirEntry, err error) error {
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
