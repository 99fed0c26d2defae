package front

import "golang.org/x/sys/unix"

// hungUp reports whether the other side has closed its half of the connection,
// also where something is unread.
func hungUp(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1
}
