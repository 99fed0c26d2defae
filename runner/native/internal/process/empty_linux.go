package process

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// newEmptyNamespace makes a mount namespace with nothing in it but an empty
// directory that nobody can write to. Every tree starts from a copy of it.
func newEmptyNamespace() (ns *os.File, err error) {
	done := make(chan struct{})
	onThread(func() {
		defer close(done)
		ns, err = emptyNamespace()
	})
	<-done
	return ns, err
}

func emptyNamespace() (*os.File, error) {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return nil, fmt.Errorf("making a mount namespace: %w", err)
	}
	// Opened while /proc is in sight: it follows the thread.
	proc, err := unix.Open("/proc/thread-self/ns", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening /proc/thread-self/ns: %w", err)
	}
	defer unix.Close(proc)
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("keeping mounts private: %w", err)
	}
	root, err := mountDetached("tmpfs", "mode", "0555", "size", "4k")
	if err != nil {
		return nil, err
	}
	defer unix.Close(root)
	if err := attach(root, unix.AT_FDCWD, "/proc"); err != nil {
		return nil, err
	}
	if err := readOnly(root, 0); err != nil {
		return nil, err
	}
	if err := unix.Fchdir(root); err != nil {
		return nil, err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return nil, fmt.Errorf("changing the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return nil, fmt.Errorf("unmounting the host's files: %w", err)
	}
	fd, err := unix.Openat(proc, "mnt", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening the empty mount namespace: %w", err)
	}
	return os.NewFile(uintptr(fd), "mnt"), nil
}
