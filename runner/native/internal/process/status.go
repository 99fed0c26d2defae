package process

import (
	"fmt"
	"syscall"
)

// Status says how a process ended.
type Status struct {
	// Code is the exit code, or -1 when a signal ended the process.
	Code int
	// Signal is the one that ended the process, or 0.
	Signal syscall.Signal
	// OOM tells that the memory limit was hit and the kernel ended something in
	// the tree for it.
	OOM bool
	// Killed tells that Kill was called before the process had ended by itself.
	Killed bool
}

// String describes the status for a log line.
func (s Status) String() string {
	switch {
	case s.OOM:
		return "out of memory"
	case s.Killed:
		return "killed"
	case s.Signal != 0:
		return fmt.Sprintf("ended by signal %d (%s)", int(s.Signal), s.Signal)
	default:
		return fmt.Sprintf("exit code %d", s.Code)
	}
}
