package process_test

import (
	"os"

	"golang.org/x/sys/unix"
)

// dupInheritable copies a descriptor the way programs in C do, for all children.
func dupInheritable(f *os.File) (int, error) { return unix.Dup(int(f.Fd())) }

func closeDescriptor(fd int) { _ = unix.Close(fd) }
