package serve

import (
	"errors"
	"sync"
	"time"

	"github.com/wafer-run/wafer/hostfns/socket"
	"github.com/wafer-run/wafer/runner/internal/engine"
)

// ErrKilled says that the guest was ended because of another request, or because
// it went on when all requests had left.
var ErrKilled = errors.New("serve: the server was ended")

// Driver runs one instance. It is safe for concurrent use.
type Driver struct {
	eng   *engine.Instance
	table *socket.Table
	// head returns the request frame of a run: a context that holds entropy
	// when the guest has been restored.
	head func() []byte
	// ran is told when a run has ended, overdue when one goes on for longer than
	// grace after its last request.
	ran, overdue func()
	grace        time.Duration

	mu       sync.Mutex
	inflight int
	running  bool
	stopped  chan struct{} // closed when running ends
	idle     []*socket.Conn
	late     *time.Timer // until overdue is told, nil before the first
	kill     chan struct{}
	killed   error // why kill was closed
	err      error // how the guest ended
}

// NewDriver returns the driver of an instance that accepts connections. head and
// ran are called on the goroutine that runs the guest, overdue on one of its own.
func NewDriver(eng *engine.Instance, head func() []byte, ran func(), grace time.Duration, overdue func()) *Driver {
	return &Driver{eng: eng, table: eng.Sockets(), head: head, ran: ran, grace: grace, overdue: overdue, kill: make(chan struct{})}
}

// Enter lets the guest run until the matching Leave.
func (d *Driver) Enter() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inflight++
	if d.err != nil {
		return // the request will see its connection closed
	}
	d.table.Resume()
	d.inTime()
	if !d.running {
		d.running, d.stopped = true, make(chan struct{})
		go d.run()
	}
}

// Leave ends what Enter began.
func (d *Driver) Leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inflight--
	if d.inflight > 0 || !d.running {
		return
	}
	d.table.Stop()
	if d.late == nil {
		d.late = time.AfterFunc(d.grace, d.overdue)
	} else {
		d.late.Reset(d.grace)
	}
}

// inTime says that the guest has come back, or may go on. The lock is held.
func (d *Driver) inTime() {
	if d.late != nil {
		d.late.Stop()
	}
}

// run runs the guest for as long as somebody is there.
func (d *Driver) run() {
	for {
		c := engine.Call{Head: d.head(), Done: d.kill}
		err := d.eng.Run(&c)
		d.ran()
		d.mu.Lock()
		if err != nil && d.killed != nil && errors.Is(err, engine.ErrCanceled) {
			err = d.killed
		}
		d.err = err
		if err == nil && d.inflight > 0 {
			d.mu.Unlock()
			continue // somebody entered while the guest was on its way back
		}
		if err != nil {
			d.idle = nil
			d.table.Kill()
		}
		d.running = false
		d.inTime()
		close(d.stopped)
		d.mu.Unlock()
		return
	}
}

// Alone reports whether one request is in flight at most.
func (d *Driver) Alone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inflight <= 1
}

// Kill ends the guest where it stands, and everything that is in flight. cause
// becomes the driver's error. It returns when the guest has ended.
func (d *Driver) Kill(cause error) {
	d.mu.Lock()
	if d.killed == nil && d.err == nil {
		d.killed = cause
		close(d.kill)
	}
	d.mu.Unlock()
	d.Wait()
}

// Wait returns when the guest does not run. Somebody must have seen to that.
func (d *Driver) Wait() {
	if stopped := d.halted(); stopped != nil {
		<-stopped
	}
}

// Rest waits until the guest has come back, after the last request has left and
// while nobody can enter, and kills it when that takes longer than grace. It
// reports whether the instance can be used again.
func (d *Driver) Rest(grace time.Duration) bool {
	if stopped := d.halted(); stopped != nil {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-stopped:
		case <-t.C:
			d.Kill(ErrKilled)
		}
	}
	return !d.Dead()
}

// halted returns what is closed when the guest stops, or nil.
func (d *Driver) halted() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.running {
		return nil
	}
	return d.stopped
}

// Err returns how the guest ended, or nil. Once there is an error the instance
// is of no use any more.
func (d *Driver) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Dead reports whether the guest has ended, or is about to.
func (d *Driver) Dead() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err != nil || d.killed != nil
}

// Forget closes the connections that are kept for later requests. After it the
// guest has to run to take notice.
func (d *Driver) Forget() {
	d.mu.Lock()
	idle := d.idle
	d.idle = nil
	d.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}

// Reset takes notice of an instance that was brought back to its snapshot: no
// connection is left.
func (d *Driver) Reset() {
	d.mu.Lock()
	d.idle = nil
	d.mu.Unlock()
}

// conn returns a connection, and whether it has served before.
func (d *Driver) conn() (c *socket.Conn, used bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := len(d.idle); n > 0; n = len(d.idle) {
		c := d.idle[n-1]
		d.idle = d.idle[:n-1]
		if !c.Ended() {
			return c, true
		}
		c.Close()
	}
	return d.table.Dial(), false
}

// keep keeps a connection for a later request.
func (d *Driver) keep(c *socket.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.idle = append(d.idle, c)
	}
}
