//go:build unix

package front

import (
	"crypto/tls"
	"net"
	"syscall"
)

// closedByPeer reports whether the other side has closed its half of the
// connection, or all of it, and has sent nothing before that is still unread.
// Under TLS it says goodbye first, which does not count as something. It reads
// nothing and does not wait.
func closedByPeer(c net.Conn) bool {
	_, secure := c.(*tls.Conn)
	sc, ok := socketOf(c).(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = raw.Control(func(fd uintptr) {
		var b [maxAlert + 1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch err {
		case nil:
			gone = n == 0 || secure && isAlert(b[:n]) && hungUp(int(fd))
		case syscall.EAGAIN, syscall.EINTR:
		default:
			gone = true
		}
	})
	return gone || err != nil
}

// socketOf finds the connection under TLS and under what counts it.
func socketOf(c net.Conn) net.Conn {
	for {
		inner, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return c
		}
		c = inner.NetConn()
	}
}

// maxAlert is the largest record of TLS that holds an alert: header, nonce,
// level and description, padding to a block, authentication code.
const maxAlert = 5 + 16 + 64

// isAlert reports whether b is one record of TLS which can be an alert: in TLS
// 1.3 they look like data, of two bytes.
func isAlert(b []byte) bool {
	const (
		alert = 21
		data  = 23
		two13 = 2 + 1 + 16 // with its true type and the authentication code
	)
	if len(b) < 5 || len(b) > maxAlert {
		return false
	}
	size := int(b[3])<<8 | int(b[4])
	return len(b) == 5+size && (b[0] == alert || b[0] == data && size == two13)
}
