package socket

import "io"

// BufferSize is how much a guest may write to a connection before the host has
// to read, in bytes.
const BufferSize = 64 << 10

// keepBuffer is how much of a buffer an idle connection keeps.
const keepBuffer = 4 << 10

// Conn is the host's side of a connection. Send, Read and Close are for one
// goroutine at a time.
type Conn struct {
	table *Table
	ready chan struct{} // something changed that Read waits for

	// Guarded by the table's lock.
	in          [][]byte // what the guest has yet to read
	took        int64    // bytes the guest has read
	out         []byte   // what the guest has written
	read        int      // bytes of out that the host has read
	hostClosed  bool
	readShut    bool
	guestClosed bool // it will write no more
	released    bool // it closed the descriptor
}

// Send hands the guest bytes, which must not be changed until it has read them
// or the connection is closed.
func (c *Conn) Send(pieces ...[]byte) {
	c.table.mu.Lock()
	if !c.guestClosed && !c.readShut && !c.hostClosed {
		for _, p := range pieces {
			if len(p) > 0 {
				c.in = append(c.in, p)
			}
		}
	}
	c.table.mu.Unlock()
	c.table.wakeUp()
}

// take copies what the guest reads. The lock is held.
func (c *Conn) take(p []byte) int {
	n := 0
	for n < len(p) && len(c.in) > 0 {
		k := copy(p[n:], c.in[0])
		n += k
		if c.in[0] = c.in[0][k:]; len(c.in[0]) == 0 {
			c.in[0] = nil
			c.in = c.in[1:]
		}
	}
	c.took += int64(n)
	return n
}

// Taken returns how many bytes the guest has read from the connection, and
// whether any are left that it has not.
func (c *Conn) Taken() (n int64, left bool) {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	return c.took, len(c.in) > 0
}

// pending is how much of out the host has yet to read.
func (c *Conn) pending() int { return len(c.out) - c.read }

// put takes as much of p as there is room for. The lock is held.
func (c *Conn) put(p []byte) int {
	n := min(len(p), BufferSize-c.pending())
	if len(c.out)+n > max(cap(c.out), BufferSize) {
		c.out, c.read = c.out[:copy(c.out, c.out[c.read:])], 0
	}
	c.out = append(c.out, p[:n]...)
	return n
}

// TryRead reads what there is. It returns 0 and no error when there is nothing
// yet; wait for [Conn.Changed] then. [io.EOF] says that the guest is done with
// the connection.
func (c *Conn) TryRead(p []byte) (int, error) {
	c.table.mu.Lock()
	full := c.pending() == BufferSize
	n := copy(p, c.out[c.read:])
	if c.read += n; c.read == len(c.out) {
		if c.out, c.read = c.out[:0], 0; cap(c.out) > keepBuffer && n < len(p) {
			c.out = nil
		}
	}
	closed := c.guestClosed || c.hostClosed
	c.table.mu.Unlock()
	if full && n > 0 {
		c.table.wakeUp() // the guest may wait for room
	}
	if n == 0 && closed && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Changed receives when there may be something new for [Conn.TryRead].
func (c *Conn) Changed() <-chan struct{} { return c.ready }

func (c *Conn) signal() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// Close ends the connection: the guest reads the end of the stream, and cannot
// write any more.
func (c *Conn) Close() {
	c.table.mu.Lock()
	c.hostClosed, c.in, c.out, c.read = true, nil, nil, 0
	c.table.mu.Unlock()
	c.signal()
	c.table.wakeUp()
}

// Ended reports whether the guest will not answer on this connection any more.
func (c *Conn) Ended() bool {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	return c.guestClosed
}

// Released reports whether the guest has closed its side.
func (c *Conn) Released() bool {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	return c.released || c.table.dead
}
