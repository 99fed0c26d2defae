package process

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mountProc gives a process the /proc of its PID namespace. Only somebody in a
// PID namespace could mount one for it before Linux 6.18, so on older kernels
// /proc stays empty: programs started by us are the first in theirs, and run no
// code of ours.
//
// A thread that does not mount becomes unable to, by Landlock, so this one is new.
func mountProc(pid int) error {
	result := make(chan error, 1)
	onThread(func() { result <- mountProcHere(pid) })
	return <-result
}

func mountProcHere(pid int) error {
	open := func(name string) (int, error) {
		return unix.Open(fmt.Sprintf("/proc/%d/ns/%s", pid, name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	pidns, err := open("pid")
	if err != nil {
		return fmt.Errorf("opening the PID namespace: %w", err)
	}
	defer unix.Close(pidns)
	mntns, err := open("mnt")
	if err != nil {
		return fmt.Errorf("opening the mount namespace: %w", err)
	}
	defer unix.Close(mntns)
	fs, err := procOf(pidns)
	if err != nil {
		return err
	}
	defer unix.Close(fs)
	m, err := mountConfigured(fs, "proc")
	if err != nil {
		return err
	}
	defer unix.Close(m)
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	if err := unix.Setns(mntns, unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("entering the mount namespace: %w", err)
	}
	return attach(m, unix.AT_FDCWD, procParent+"/proc")
}

// procOf configures a proc file system for a PID namespace.
func procOf(pidns int) (int, error) {
	fs, err := unix.Fsopen("proc", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("opening a proc: %w", err)
	}
	if err := unix.FsconfigSetFd(fs, "pidns", pidns); err != nil {
		_ = unix.Close(fs)
		if errors.Is(err, unix.EINVAL) {
			return -1, errors.New("mounting /proc for a PID namespace needs Linux 6.18")
		}
		return -1, fmt.Errorf("configuring a proc: %w", err)
	}
	return fs, nil
}

// probeProc tells whether mountProc can work.
func probeProc() error {
	self, err := os.Open("/proc/self/ns/pid")
	if err != nil {
		return err
	}
	defer self.Close()
	fs, err := procOf(int(self.Fd()))
	if err == nil {
		_ = unix.Close(fs)
	}
	return err
}
