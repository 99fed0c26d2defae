package caport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"sync"
)

// conn is a connection that knows how far its request has come, which net/http
// does not tell: its transport makes requests again that a server may have run.
type conn struct {
	net.Conn

	mu    sync.Mutex
	state state
	lost  context.CancelCauseFunc // ends the request that state is about
}

// state is how far a request has come.
type state uint8

const (
	idle  state = iota // no request, or its answer has begun
	taken              // nothing of the request is written
	asked              // the server may have some of it
)

// errIdleClosed says that the server closed a connection between two requests.
// Nothing is written then, and so net/http takes another connection.
var errIdleClosed = errors.New("caport: the server closed the idle connection")

// once keeps net/http from making a request again that a server may have seen: how
// often that happens would depend on whether the connection was kept.
// Its transport looks at the request's context before it does, and nothing else
// stops it for GET, HEAD, OPTIONS and TRACE.
func once(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if c, ok := info.Conn.(*conn); ok {
			c.take(cancel)
		}
	}})
}

// take begins a request.
func (c *conn) take(lost context.CancelCauseFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state, c.lost = taken, lost
}

// Write writes a request, unless the server has closed the connection before.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.ask(); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// ask notes that a request is about to be written.
func (c *conn) ask() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != taken {
		return nil
	}
	if closed(c.Conn) { // net/http has not noticed yet
		return errIdleClosed
	}
	c.state = asked
	return nil
}

// Read reads an answer. If none comes, the request has ended here.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case n > 0:
		c.state, c.lost = idle, nil
	case err != nil && c.state == asked:
		c.lost(fmt.Errorf("caport: reading an answer: %w", err))
	}
	return n, err
}
