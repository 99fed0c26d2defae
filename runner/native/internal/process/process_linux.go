package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Process is a running tree of processes. Safe for concurrent use.
type Process struct {
	launch *launch
	owned  bool // the network ends with the process
	report Report
	done   chan struct{}

	mu      sync.Mutex
	reaping bool // the process ID may soon be another's
	killed  bool
	status  Status
	used    usage
}

// Start starts a process. It returns once the program is loaded and runs; it
// may fail at once all the same.
//
// # Errors
//
// *MissingError when a required mechanism cannot be had. Other errors name the
// program and what is wrong with it.
func Start(spec Spec) (*Process, error) {
	p := &Process{done: make(chan struct{})}
	l := &launch{spec: &spec, host: theHost(), network: spec.Network, off: map[Mechanism]error{}}
	p.launch = l
	for m, err := range l.host.missing {
		l.off[m] = err
	}
	if err := l.resolve(); err != nil {
		return nil, fmt.Errorf("process: starting %s: %w", spec.Path, err)
	}
	if l.network == nil {
		n, err := NewNetwork(spec.Egress)
		if err != nil {
			return nil, fmt.Errorf("process: starting %s: %w", spec.Path, err)
		}
		l.network, p.owned = n, true
	}
	l.chooseNetwork()
	ended, err := p.start()
	if err != nil {
		p.release()
		if missing := (*MissingError)(nil); errors.As(err, &missing) {
			return nil, err
		}
		return nil, fmt.Errorf("process: starting %s: %w", spec.Path, err)
	}
	go p.supervise(ended)
	return p, nil
}

// start tries threads until one can do all that is asked of it.
func (p *Process) start() (ended <-chan outcome, err error) {
	l := p.launch
	if l.null, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
		return nil, err
	}
	defer l.null.Close()
	for range len(Mechanisms()) + 1 {
		if err := l.prepare(); err != nil {
			return nil, err
		}
		if err := p.require(); err != nil {
			return nil, err
		}
		started, ended := make(chan error, 1), make(chan outcome, 1)
		onThread(func() { l.thread(started, ended) })
		err := <-started
		if refused := (*refusal)(nil); errors.As(err, &refused) {
			l.off[refused.mechanism] = refused.err
			l.discard()
			continue
		}
		if err != nil {
			return nil, err
		}
		p.report = l.report()
		return ended, nil
	}
	return nil, errors.New("nothing works") // each round has one mechanism less
}

// thread is the life of the thread that starts a process, and ends with it.
func (l *launch) thread(started chan<- error, ended chan<- outcome) {
	err := l.contain()
	if err == nil {
		err = l.start()
	}
	if err != nil {
		started <- err
		return
	}
	pid := l.cmd.Process.Pid
	if err := l.release(pid); err != nil {
		_ = l.cmd.Process.Kill()
		_ = l.cmd.Wait()
		started <- &refusal{Rlimits, err}
		return
	}
	started <- nil
	if !l.use(PIDNamespace) {
		l.endTree(pid)
	}
	err = l.cmd.Wait()
	ended <- outcome{l.cmd.ProcessState, err}
}

// endTree waits for the process to end and kills what it left behind, while its
// process ID still is nobody else's.
func (l *launch) endTree(pid int) {
	for errors.Is(unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	if l.group == nil {
		return
	}
	killed := make(chan struct{})
	go func() { // on another thread: this one sees as little as the process did
		defer close(killed)
		l.group.kill()
	}()
	<-killed
}

// supervise waits for the tree to end and cleans up.
func (p *Process) supervise(ended <-chan outcome) {
	o := <-ended
	used := usage{}
	if p.launch.group != nil {
		used = p.launch.group.usage()
	}
	s := Status{Code: -1, OOM: used.oom}
	if o.state != nil {
		if ws, ok := o.state.Sys().(syscall.WaitStatus); ok {
			s.Code = ws.ExitStatus()
			if ws.Signaled() {
				s.Signal = ws.Signal()
			}
		}
		if ru, ok := o.state.SysUsage().(*syscall.Rusage); ok {
			used.memory = max(used.memory, p.launch.own(ru.Maxrss<<10))
		}
		used.cpu = max(used.cpu, o.state.UserTime()+o.state.SystemTime())
	}
	p.mu.Lock()
	p.reaping = true
	s.Killed = p.killed
	p.status, p.used = s, used
	p.mu.Unlock()
	p.release()
	close(p.done)
}

// release gives back what the process held.
func (p *Process) release() {
	p.launch.discard()
	if p.owned {
		_ = p.launch.network.Close()
	}
}

// PID returns the process ID as the host sees it.
func (p *Process) PID() int { return p.launch.cmd.Process.Pid }

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
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaping {
		return
	}
	p.killed = true
	// A handle, not a number: it cannot hit another process. The others of the
	// tree follow, by the kernel's hand or by the thread that waits.
	_ = p.launch.cmd.Process.Kill()
}

// Network returns where the process lives.
func (p *Process) Network() *Network { return p.launch.network }

// Dial connects to an address as the process sees it: see [Network.Dial].
func (p *Process) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return p.launch.network.Dial(ctx, network, address)
}

// Report says how the process is contained.
func (p *Process) Report() Report { return p.report }
