package native_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
)

// listeners counts the sockets that this process listens on, in whichever network
// they are.
func listeners(t testing.TB) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range fds {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		listens, _ := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN) // others are no sockets
		n += listens
	}
	return n
}
