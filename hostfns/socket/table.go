package socket

import (
	"slices"
	"sync"

	"github.com/wafer-run/wafer/abi"
)

// MaxOpen is how many connections a guest may have open, or waiting to be accepted.
// The host closes its side of those that it has no use for, but each is kept until
// the guest closes its own.
const MaxOpen = 4096

// Table is the descriptors of one instance. It is safe for concurrent use: the
// guest works on it from one goroutine, the host from any other.
type Table struct {
	port int
	wake chan struct{}

	mu        sync.Mutex
	stop      bool // the control descriptor is readable
	listening bool
	elsewhere []int // ports the guest listens on that are not port
	backlog   []*Conn
	conns     []*Conn // by descriptor, from abi.DescriptorConnection on; nil where free
	dead      bool
}

// New returns the table of an instance that has just been made. Requests come
// to the given port.
func New(port int) *Table { return &Table{port: port, wake: make(chan struct{}, 1)} }

// Restore makes the table that of an instance which was started from a
// snapshot: the listener is open, and nothing else. Connections that were open
// are closed.
func (t *Table) Restore() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end()
	t.conns, t.backlog = nil, nil
	t.listening, t.stop, t.dead = true, false, false
}

// Wake receives when something may have become ready since it last did.
func (t *Table) Wake() <-chan struct{} { return t.wake }

// wakeUp is called without regard to the lock.
func (t *Table) wakeUp() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Stop makes the control descriptor readable, so that the guest returns when it
// has nothing else to do.
func (t *Table) Stop() {
	t.mu.Lock()
	t.stop = true
	t.mu.Unlock()
	t.wakeUp()
}

// Resume takes Stop back, unless the guest has seen it already.
func (t *Table) Resume() {
	t.mu.Lock()
	t.stop = false
	t.mu.Unlock()
}

// Dial connects to the guest's listener. It is refused, like where nobody listens,
// when the guest has [MaxOpen] connections.
func (t *Table) Dial() *Conn {
	c := &Conn{table: t, ready: make(chan struct{}, 1)}
	t.mu.Lock()
	if t.dead || !t.listening || t.open() >= MaxOpen {
		c.guestClosed = true
		c.signal()
	} else {
		t.backlog = append(t.backlog, c)
	}
	t.mu.Unlock()
	t.wakeUp()
	return c
}

// Kill ends all connections, because the guest is gone.
func (t *Table) Kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = true
	t.end()
}

// end ends all connections for the host. The lock is held.
func (t *Table) end() {
	for _, c := range slices.Concat(t.backlog, t.conns) {
		if c != nil {
			c.guestClosed, c.in = true, nil
			c.signal()
		}
	}
}

// Open returns how many connections the guest has open or has yet to accept.
func (t *Table) Open() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open()
}

// open is Open with the lock held.
func (t *Table) open() int {
	n := len(t.backlog)
	for _, c := range t.conns {
		if c != nil {
			n++
		}
	}
	return n
}

// Listening reports whether the guest listens, and on which other ports it
// does by means of its own.
func (t *Table) Listening() (bool, []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.listening, slices.Clone(t.elsewhere)
}

// Port returns the port that requests come to.
func (t *Table) Port() int { return t.port }

// conn returns an open connection, or nil. The lock is held.
func (t *Table) conn(fd uint32) *Conn {
	i := int64(fd) - abi.DescriptorConnection
	if i < 0 || i >= int64(len(t.conns)) {
		return nil
	}
	return t.conns[i]
}
