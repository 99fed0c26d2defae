package front

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	// writePiece is how many bytes of an answer a client has to accept within
	// the write timeout.
	writePiece = 256 << 10
	// lingerTime and lingerBytes are how much of what a refused client still
	// sends is thrown away before its connection closes.
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 4 << 20
)

// clientConn is a client's connection. Under TLS it is the one that TLS runs over.
type clientConn struct {
	net.Conn
	s      *Server
	client netip.Addr // as counted, see [clientOf]
	secure bool       // TLS runs over it
	begun  bool       // something was read
	linger bool       // see [clientConn.Close]
	closed atomic.Bool
	pace   pace

	parting atomic.Bool // what is written has a time of its own

	uncounted bool // it was turned away
}

// connOf finds the connection behind what fasthttp has.
func connOf(c net.Conn) *clientConn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	g, _ := c.(*clientConn) // nil in tests without a listener
	return g
}

// NetConn returns the connection below, as [tls.Conn.NetConn] does.
func (c *clientConn) NetConn() net.Conn { return c.Conn }

var errNotHTTP = errors.New("front: the connection does not begin as HTTP does")

// Read implements [net.Conn]. What cannot become a request is told so at its
// first byte: fasthttp would wait for the end of a line that may never come.
func (c *clientConn) Read(b []byte) (int, error) {
	if until, due := c.pace.read(&c.s.cfg); due {
		if err := c.Conn.SetReadDeadline(until); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Read(b)
	if !c.begun && n > 0 {
		c.begun = true
		if why := c.begins(b[0]); why != "" {
			c.refuse(invalidArgument, why)
			return 0, errNotHTTP
		}
	}
	return n, err
}

// begins says what is wrong with a connection that begins with b, or "".
func (c *clientConn) begins(b byte) string {
	const handshake = 0x16 // the type of the record that opens a TLS connection
	token := 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || isTokenMark(b)
	switch {
	case c.secure && b != handshake && token:
		return "the client speaks HTTP, this address serves HTTPS"
	case c.secure:
		return "" // TLS knows better what is wrong
	case b == handshake:
		return "the client speaks TLS, this address serves HTTP"
	case !token && b != '\r' && b != '\n':
		return "the connection does not begin with an HTTP method"
	}
	return ""
}

// Write implements [net.Conn]. The client has the write timeout for every piece, so
// that a large answer may take its time and a client that takes nothing may not.
func (c *clientConn) Write(b []byte) (int, error) {
	if c.parting.Load() {
		return c.Conn.Write(b)
	}
	done := 0
	for {
		now := time.Now()
		if until, due := c.pace.write(now, &c.s.cfg); due {
			if err := c.Conn.SetWriteDeadline(until); err != nil {
				return done, err
			}
		}
		n, err := c.Conn.Write(b[done:min(done+writePiece-c.pace.piece, len(b))])
		c.pace.written(n, now, time.Now())
		if done += n; err != nil || done == len(b) {
			return done, err
		}
	}
}

// SetReadDeadline implements [net.Conn], for the goroutine that reads. It is about
// the request's body: the time for the rest is the connection's own.
func (c *clientConn) SetReadDeadline(t time.Time) error {
	c.pace.waits, c.pace.reading.want = forBody, t
	return nil
}

// SetWriteDeadline implements [net.Conn]. TLS calls it, for its goodbye, which may
// be said by another goroutine than the connection's.
func (c *clientConn) SetWriteDeadline(t time.Time) error {
	c.parting.Store(true)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements [net.Conn].
func (c *clientConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// refuse answers a client that does not get to fasthttp.
func (c *clientConn) refuse(code code, why string) {
	c.linger = true
	if err := c.Conn.SetWriteDeadline(time.Now().Add(lingerTime)); err == nil {
		_, _ = c.Conn.Write(cannedAnswer(code, why))
	}
}

// Close implements [net.Conn]. Closing with bytes unread would reset the
// connection, and the client might lose the answer that says why. So where
// something is still coming, the answer's end is told, and what comes is read
// for a moment. Only the connection's own goroutine closes it then.
func (c *clientConn) Close() error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	if !c.uncounted {
		defer c.s.conns.leave(c.client)
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); c.linger && ok {
		if half.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}
