package front

import (
	"net"
	"time"

	"github.com/valyala/fasthttp"
)

// pace is how long a client may take. fasthttp can see to that, too, but asks the
// clock five times for each request, and gives no time of their own to what it
// writes before the answer and to the end of a stream.
//
// See RATIONALE.md#why-does-the-front-keep-time-for-clients-itself
type pace struct {
	waits waits
	kept  bool // there was a request before: what is waited for is the next
	set   bool // reading has the time for what is waited for

	wrote time.Time     // when what was last written had been accepted
	piece int           // bytes of a piece that were, see [writePiece]
	held  time.Duration // how long the client has had it wait for them

	reading, writing deadline
}

// waits is what is being read.
type waits uint8

const (
	forRequest waits = iota // its first byte
	forHead                 // the rest of its head
	forBody                 // its body, until a time that who reads it sets
)

// moved follows a connection through its requests, for [fasthttp.Server.ConnState].
func moved(c net.Conn, to fasthttp.ConnState) {
	g := connOf(c)
	if g == nil {
		return
	}
	switch p := &g.pace; to {
	case fasthttp.StateActive:
		p.waits, p.set = forHead, false
		p.piece, p.held = 0, 0
	case fasthttp.StateIdle:
		p.waits, p.kept, p.set = forRequest, true, false
	}
}

// read returns the time that what is waited for has, and whether it is not that of
// the connection yet.
func (p *pace) read(cfg *Config) (until time.Time, due bool) {
	switch {
	case p.set || p.waits == forBody:
	case p.waits == forRequest && p.kept:
		p.reading.want = p.wrote.Add(cfg.IdleTimeout)
	default:
		p.reading.want = time.Now().Add(cfg.HeadTimeout)
	}
	p.set = true
	return p.reading.due()
}

// write returns the time by which a client has to accept what is written now, and
// whether it is not that of the connection yet. What counts is how long it has had
// pieces wait: in between a function may take its time.
func (p *pace) write(now time.Time, cfg *Config) (until time.Time, due bool) {
	p.writing.want = now.Add(cfg.WriteTimeout - p.held)
	return p.writing.due()
}

// written notes that n bytes were accepted between two times.
func (p *pace) written(n int, from, to time.Time) {
	p.wrote = to
	p.held += to.Sub(from)
	if p.piece += n; p.piece >= writePiece {
		p.piece, p.held = 0, 0
	}
}

// deadline is one that takes effect when it is needed.
type deadline struct{ want, have time.Time }

// slack is how much too early a deadline may be, so that it need not be moved
// with every request.
const slack = 250 * time.Millisecond

// due returns the deadline, and whether it has to be set now.
func (d *deadline) due() (until time.Time, due bool) {
	if late := d.want.Sub(d.have); late >= 0 && late < slack && !d.have.IsZero() {
		return d.have, false
	}
	d.have = d.want
	return d.want, true
}
