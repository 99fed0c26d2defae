package native

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// Reasons why an instance is not waited for any longer.
var (
	errTooLate   = errors.New("native: the instance gave no sign of life in time")
	errUnhealthy = errors.New("native: the instance failed its health check")
)

// newInstance starts a process and waits until it can be called.
func (f *Function) newInstance(ctx context.Context) (*instance, error) {
	in := &instance{
		f: f, id: runner.NewInstanceID(),
		gate: make(chan struct{}, 1), quit: make(chan struct{}),
	}
	if err := in.start(ctx, f.command()); err != nil {
		in.free()
		return nil, err
	}
	go in.watch()
	return in, nil
}

// start makes all that belongs to an instance. What it made before it failed is
// in the instance.
func (in *instance) start(ctx context.Context, cmd command) (err error) {
	f := in.f
	began := time.Now()
	fail := func(err error) error { return f.notStarted(in, cmd, time.Since(began), err) }
	if err := cmd.check(); err != nil {
		return fail(err)
	}
	if in.network, err = process.NewNetwork(f.program.Egress); err != nil {
		return fail(err)
	}
	special, err := in.connect()
	if err != nil {
		return fail(err)
	}
	j, stdout, stderr, err := instancelog.New(f.cfg.LogSource(in.id), f.runtime.cfg.LogSink)
	if err != nil {
		return fail(err)
	}
	in.log = j
	in.proc, err = process.Start(process.Spec{
		Path: cmd.path, Args: cmd.args, Dir: f.program.Dir, Env: f.environment(in, special), CodeVariable: codeVariable,
		Memory: int64(f.cfg.Memory()) << 20, CPU: f.cfg.CPU(), Pids: maxProcesses,
		Network: in.network, Stdout: stdout, Stderr: stderr, Require: mechanisms(f.program.Require),
	})
	stdout.Close()
	stderr.Close()
	if err != nil {
		return fail(err)
	}
	f.enlist(in)
	if err := in.await(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, runner.ErrClosed) {
			return err
		}
		return fail(err)
	}
	own := in.driver.hooks()
	in.hooks = hooks{
		initializer: own.initializer || f.program.Initializer,
		preFreeze:   own.preFreeze || f.program.PreFreeze,
		preStop:     own.preStop || f.program.PreStop,
	}
	return nil
}

// maxProcesses is how many processes and threads an instance may have, FC's
// limit.
const maxProcesses = 1024

// connect makes the driver, and what the process has to know to find it.
func (in *instance) connect() (special map[string]string, err error) {
	if in.f.program.Kind == Custom {
		d, err := newCustom(in)
		if err != nil {
			return nil, err
		}
		in.driver = d
		return d.environment(), nil
	}
	d, err := newGo1(in)
	if err != nil {
		return nil, err
	}
	in.driver = d
	return d.environment(), nil
}

// await waits for the first sign of life.
func (in *instance) await(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	late := time.AfterFunc(in.f.program.StartTimeout, func() { cancel(errTooLate) })
	defer late.Stop()
	stop := context.AfterFunc(in.f.life, func() { cancel(runner.ErrClosed) })
	defer stop()
	go func() {
		select {
		case <-in.proc.Done():
			cancel(errExited)
		case <-ctx.Done():
		}
	}()
	err := in.driver.ready(ctx)
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

// check finds out whether there is something to start.
func (c command) check() error {
	info, err := os.Stat(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &startError{code: codeFileNotFound}
	case err != nil:
		return err
	case info.IsDir(), info.Mode()&0o111 == 0:
		return &startError{code: codeFilePermission, exit: int(syscall.EACCES)}
	}
	return nil
}

// mechanisms converts names that are known to be right.
func mechanisms(names []string) []process.Mechanism {
	list := make([]process.Mechanism, len(names))
	for i, n := range names {
		list[i] = process.Mechanism(n)
	}
	return list
}

func knownMechanism(name string) bool {
	for _, m := range process.Mechanisms() {
		if name == string(m) {
			return true
		}
	}
	return false
}

// sharesPort reports whether all instances would have to listen on one port of
// the host, so that there can be one only.
func (p Program) sharesPort() (bool, error) {
	if p.Kind != Custom || p.FreePort {
		return false, nil
	}
	network, err := process.NewNetwork(p.Egress)
	if err != nil {
		return false, err
	}
	own := network.Own()
	if err := network.Close(); err != nil {
		return false, fmt.Errorf("closing a network: %w", err)
	}
	return !own, nil
}
