package process

import "syscall"

// ExecError says why the kernel did not execute a program.
type ExecError struct {
	Reason string
	Errno  syscall.Errno
}

func (e *ExecError) Error() string { return e.Reason }

// Unwrap returns the kernel's reason.
func (e *ExecError) Unwrap() error { return e.Errno }
