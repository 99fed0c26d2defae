package socket

import (
	"slices"

	"github.com/wafer-run/wafer/abi"
)

// Listen opens the listener.
func (t *Table) Listen(port uint32) (fd uint32, errno Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case int64(port) != int64(t.port):
		if port < 1<<16 && len(t.elsewhere) < 16 && !slices.Contains(t.elsewhere, int(port)) {
			t.elsewhere = append(t.elsewhere, int(port))
		}
		return 0, NotSup
	case t.listening:
		return 0, AddrInUse
	}
	t.listening = true
	return abi.DescriptorListener, OK
}

// Known reports whether a descriptor is open.
func (t *Table) Known(fd uint32) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known(fd)
}

func (t *Table) known(fd uint32) bool {
	switch fd {
	case abi.DescriptorControl:
		return true
	case abi.DescriptorListener:
		return t.listening
	}
	return t.conn(fd) != nil
}

// Accept takes the next connection.
func (t *Table) Accept(fd uint32) (uint32, Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.known(fd):
		return 0, BadF
	case fd != abi.DescriptorListener:
		return 0, Inval
	case len(t.backlog) == 0:
		return 0, Again
	}
	c := t.backlog[0]
	t.backlog = slices.Delete(t.backlog, 0, 1)
	i := slices.Index(t.conns, nil)
	if i < 0 {
		i = len(t.conns)
		t.conns = append(t.conns, nil)
	}
	t.conns[i] = c
	return abi.DescriptorConnection + uint32(i), OK
}

// Read reads from the control descriptor or a connection. 0 bytes without an
// error are the end of the stream.
func (t *Table) Read(fd uint32, p []byte) (int, Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if fd == abi.DescriptorControl {
		if !t.stop || len(p) == 0 {
			return 0, Again
		}
		t.stop = false
		p[0] = 0
		return 1, OK
	}
	c := t.conn(fd)
	switch {
	case c == nil && t.known(fd):
		return 0, NotConn
	case c == nil:
		return 0, BadF
	}
	n := c.take(p)
	if n == 0 && len(p) > 0 && !c.hostClosed && !c.readShut {
		return 0, Again
	}
	return n, OK
}

// Write writes to a connection as much as its buffer takes.
func (t *Table) Write(fd uint32, p []byte) (int, Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.conn(fd)
	switch {
	case c == nil && t.known(fd):
		return 0, NotConn
	case c == nil:
		return 0, BadF
	case c.hostClosed || c.guestClosed:
		return 0, ConnReset
	}
	n := c.put(p)
	if n == 0 && len(p) > 0 {
		return 0, Again
	}
	c.signal()
	return n, OK
}

// Numbers of the direction in [Table.Shutdown].
const (
	shutRead  = 1
	shutWrite = 2
)

// Shutdown closes one direction of a connection, or both.
func (t *Table) Shutdown(fd, how uint32) Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.conn(fd)
	switch {
	case c == nil && t.known(fd):
		return NotConn
	case c == nil:
		return BadF
	case how == 0 || how&^(shutRead|shutWrite) != 0:
		return Inval
	}
	if how&shutRead != 0 {
		c.readShut, c.in = true, nil
	}
	if how&shutWrite != 0 {
		c.guestClosed = true
		c.signal()
	}
	return OK
}

// Close closes a descriptor. The control descriptor stays open.
func (t *Table) Close(fd uint32) Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	if fd == abi.DescriptorControl {
		return OK
	}
	if fd == abi.DescriptorListener && t.listening {
		t.listening = false
		for _, c := range t.backlog {
			c.guestClosed, c.in = true, nil
			c.signal()
		}
		t.backlog = nil
		return OK
	}
	c := t.conn(fd)
	if c == nil {
		return BadF
	}
	c.guestClosed, c.released, c.in = true, true, nil
	c.signal()
	t.conns[fd-abi.DescriptorConnection] = nil
	return OK
}

// Ready reports whether a read, or a write, would not be answered with [Again].
func (t *Table) Ready(fd uint32, write bool) (bool, Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.known(fd) {
		return true, BadF
	}
	switch fd {
	case abi.DescriptorControl:
		return t.stop && !write, OK
	case abi.DescriptorListener:
		return len(t.backlog) > 0 && !write, OK
	}
	c := t.conn(fd)
	if write {
		return c.hostClosed || c.guestClosed || c.pending() < BufferSize, OK
	}
	return len(c.in) > 0 || c.hostClosed || c.readShut, OK
}
