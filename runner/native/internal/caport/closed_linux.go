package caport

import (
	"net"
	"syscall"
)

// closed reports whether the other end has closed a connection that nothing is
// expected from. It takes nothing from what may be read.
func closed(c net.Conn) bool {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false // writing says why
	}
	var gone bool
	err = raw.Control(func(fd uintptr) { // not Read, which waits for net/http's
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = n == 0 && err == nil || err != nil && err != syscall.EAGAIN && err != syscall.EINTR
	})
	return err == nil && gone
}
