package runtimeapi

import (
	"net"
	"sync"
)

// connections is how many a process may have with so many invocations at once.
// One of each asks or answers; the rest is for clients that do not keep theirs.
func connections(concurrency int) int { return 2*concurrency + 32 }

// listener has a limit of connections, which are wafer's descriptors and
// goroutines and not the process's. Those beyond wait in the kernel.
type listener struct {
	net.Listener
	room   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func limit(ln net.Listener, most int) *listener {
	return &listener{Listener: ln, room: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept implements [net.Listener].
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &conn{Conn: c, room: l.room}, nil
}

// Close implements [net.Listener].
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// conn is a connection that makes room for another one when it is closed.
type conn struct {
	net.Conn
	room chan struct{}
	once sync.Once
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.room })
	return err
}
