package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Process is a running tree of processes. Safe for concurrent use.
type Process struct {
	cmd     *exec.Cmd
	network *Network
	owned   bool // the network ends with the process
	report  Report
	done    chan struct{}
	status  Status
	killed  atomic.Bool
	mu      sync.Mutex
	maximum int64
}

// Start starts a process. It returns once the program runs.
func Start(spec Spec) (*Process, error) {
	p := &Process{network: spec.Network, done: make(chan struct{})}
	if p.network == nil {
		n, err := NewNetwork(spec.Egress)
		if err != nil {
			return nil, err
		}
		p.network, p.owned = n, true
	}
	path := spec.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(spec.Dir, path)
	}
	p.cmd = exec.Command(path, spec.Args...)
	p.cmd.Env, p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = append([]string{}, spec.Env...), spec.Dir, spec.Stdout, spec.Stderr
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		if p.owned {
			_ = p.network.Close()
		}
		return nil, fmt.Errorf("process: starting %s: %w", path, err)
	}
	return p, nil
}

// run starts the program and waits for it, on a thread of its own: the kernel
// kills the child when the thread that started it ends.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	p.report.activate(Session)
	p.report.activate(ParentDeath)
	started <- nil
	err := p.cmd.Wait()
	p.signal()
	if ee := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ee) && !errors.Is(err, exec.ErrWaitDelay) {
		p.status.Code = -1
	}
	if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
		p.status.Code = ws.ExitStatus()
		if ws.Signaled() {
			p.status.Signal = ws.Signal()
		}
	}
	if ru, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.mu.Lock()
		p.maximum = ru.Maxrss << 10
		p.mu.Unlock()
	}
	p.status.Killed = p.killed.Load()
	if p.owned {
		_ = p.network.Close()
	}
	close(p.done)
}

// PID returns the process ID as the host sees it.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the whole tree has ended and what it held is given back.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for Done and says how the process ended.
func (p *Process) Wait() Status {
	<-p.done
	return p.status
}

// Kill ends the whole tree. It returns at once; Done tells when it is gone.
// Killing twice, or what has ended, does nothing.
func (p *Process) Kill() {
	select {
	case <-p.done:
		return
	default:
	}
	p.killed.Store(true)
	p.signal()
}

func (p *Process) signal() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// MaxMemory returns the most memory that the tree has used at a time, in bytes.
func (p *Process) MaxMemory() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.maximum
}

// Network returns where the process lives.
func (p *Process) Network() *Network { return p.network }

// Dial connects to an address as the process sees it: see [Network.Dial].
func (p *Process) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return p.network.Dial(ctx, network, address)
}

// Report says how the process is contained.
func (p *Process) Report() Report { return p.report }
