package engine

import (
	"sync/atomic"
	"time"
)

const (
	// longQuantum is how long a quantum may take.
	longQuantum = 4 * time.Millisecond
	// minQuantum is the fewest ticks that are granted.
	minQuantum = 64
	// paceHold is for how many times as long as a quantum was the next ones are
	// watched, and stay short.
	paceHold = 100
)

// pace finds out how many ticks the guests of a module get at a time. What a tick
// takes is bounded, but not tight: 240 loads that all miss the cache take a
// thousand times as long as an addition, and nobody can be stopped, nor memory
// collected anywhere in the process, before a quantum is over. So quanta become
// short where one has been long. It is the module's, or every new instance would
// begin with a long one.
//
// On a machine that others use a quantum is long as well when its thread did not
// run. The thread's own time takes a system call, which is too much for every
// call of a guest. So a long quantum only has the next ones watched, and one that
// is long by its thread's time makes them short.
type pace struct {
	short atomic.Int64 // ticks that are granted, 0 for Quantum
	until atomic.Int64 // quanta are watched until then, in nanoseconds since paceEpoch, or 0
}

var paceEpoch = time.Now()

// quantum is how many ticks to grant.
func (p *pace) quantum() int64 {
	if n := p.short.Load(); n > 0 {
		return n
	}
	return Quantum
}

// watched reports whether the time of the thread has to be known.
func (p *pace) watched() bool { return threadClock && p.until.Load() > 0 }

// observe is told what time so many ticks have taken, of their thread where that is
// known.
func (p *pace) observe(ticks int64, took time.Duration, known bool) {
	switch {
	case took > longQuantum:
		p.until.Store(int64(time.Since(paceEpoch) + paceHold*took))
		if known || !threadClock {
			n := ticks * int64(longQuantum/2) / int64(took)
			p.short.Store(min(max(n, minQuantum), p.quantum()))
		}
	case p.until.Load() > 0 && int64(time.Since(paceEpoch)) > p.until.Load():
		n := 2 * p.short.Load()
		if n == 0 || n >= Quantum {
			n = 0
			p.until.Store(0)
		}
		p.short.Store(n)
	}
}
