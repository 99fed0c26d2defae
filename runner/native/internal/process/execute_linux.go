package process

import (
	"errors"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// busyFor is how long a program may be busy.
const busyFor = time.Second

// execute starts the program. A program that was just unpacked may be busy
// (ETXTBSY): a process that is being started by another thread has the files of
// its parent, among them one that was open for writing when it came to be, until
// it executes a program of its own (golang.org/issue/22315). That takes
// milliseconds.
func (l *launch) execute(attr *syscall.SysProcAttr) error {
	for pause, waited := time.Millisecond, time.Duration(0); ; pause, waited = 2*pause, waited+pause {
		l.cmd = l.command(attr)
		if err := l.cmd.Start(); !errors.Is(err, unix.ETXTBSY) || waited >= busyFor {
			return err
		}
		time.Sleep(pause)
	}
}

func (l *launch) command(attr *syscall.SysProcAttr) *exec.Cmd {
	cmd := &exec.Cmd{
		Path: l.path, Args: append([]string{l.path}, l.spec.Args...), Env: l.environment(), Dir: l.code,
		Stdin: l.null, Stdout: l.spec.Stdout, Stderr: l.spec.Stderr,
		SysProcAttr: attr, WaitDelay: time.Second,
	}
	// Nil would open /dev/null, where this thread may have none.
	if l.spec.Stdout == nil {
		cmd.Stdout = l.null
	}
	if l.spec.Stderr == nil {
		cmd.Stderr = l.null
	}
	return cmd
}
