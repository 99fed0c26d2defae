package process

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// release lets a process that start left stopped begin: first it gets its /proc
// and its limits. It must be called on the thread that started the process.
func (l *launch) release(pid int) error {
	if l.use(PIDNamespace) && l.use(MountNamespace) && l.host.procErr == nil {
		if err := mountProc(pid); err != nil {
			return fmt.Errorf("mounting /proc: %w", err)
		}
	}
	if !l.use(Rlimits) {
		return nil
	}
	// Stopped by the exec, in the way of debuggers.
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &status, unix.WALL, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("waiting for the program to load: %w", err)
		}
		break
	}
	if !status.Stopped() {
		return errors.New("ended while it was loaded")
	}
	for resource, limit := range l.rlimits() {
		if err := l.prlimit(pid, resource, limit); err != nil {
			return fmt.Errorf("setting limit %d to %d: %w", resource, limit, err)
		}
	}
	if err := unix.PtraceDetach(pid); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("letting the program begin: %w", err)
	}
	l.active = append(l.active, Rlimits)
	return nil
}

// rlimits are the limits of each process in the tree: never core dumps, and
// memory and processes where no group limits them.
func (l *launch) rlimits() map[int]uint64 {
	limits := map[int]uint64{unix.RLIMIT_CORE: 0}
	if l.spec.Memory > 0 && !l.use(MemoryCgroup) {
		// Not the address space: Go and Java reserve much more than they use.
		limits[unix.RLIMIT_DATA] = uint64(l.spec.Memory)
	}
	// This one counts all processes of a user, so it needs one of its own.
	own := l.user != 0 || !l.host.root && l.use(PIDNamespace)
	if l.spec.Pids > 0 && !l.use(PidsCgroup) && own {
		limits[unix.RLIMIT_NPROC] = uint64(l.spec.Pids)
	}
	return limits
}

// prlimit sets a limit of a process. The kernel lets those do so who have the
// capability for it, which containers often lack, or are the same user.
func (l *launch) prlimit(pid, resource int, limit uint64) error {
	r := unix.Rlimit{Cur: limit, Max: limit}
	err := unix.Prlimit(pid, resource, &r, nil)
	if !errors.Is(err, unix.EPERM) || l.user == 0 {
		return err
	}
	// The real user and group are what counts. Raw calls change this thread only,
	// and keep its capabilities as long as the effective user stays.
	if err := setReal(l.user); err != nil {
		return err
	}
	defer func() { _ = setReal(0) }()
	return unix.Prlimit(pid, resource, &r, nil)
}

func setReal(id uint32) error {
	const keep = ^uintptr(0)
	for _, call := range []uintptr{unix.SYS_SETRESGID, unix.SYS_SETRESUID} {
		if _, _, errno := unix.RawSyscall(call, uintptr(id), keep, keep); errno != 0 {
			return errno
		}
	}
	return nil
}

// dropBounding takes all capabilities out of what the calling thread's children
// can have once they run a program. Those without the right to do so have none
// to hand on, as ordinary users.
func dropBounding() error {
	for c := uintptr(0); ; c++ {
		in, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c, 0, 0, 0)
		if err != nil {
			return nil // beyond the last one
		}
		if in == 0 {
			continue
		}
		err = unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EPERM) && unix.Geteuid() != 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("dropping capability %d: %w", c, err)
		}
	}
}
