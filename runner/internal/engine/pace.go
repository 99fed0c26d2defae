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
	// paceHold is for how many times as long as a quantum was the next ones stay
	// short.
	paceHold = 100
)

// pace finds out how many ticks the guests of a module get at a time. What a tick
// takes is bounded, but not tight: 240 loads that all miss the cache take a
// thousand times as long as an addition, and nobody can be stopped, nor memory
// collected anywhere in the process, before a quantum is over. So quanta become
// short where one has been long. It is the module's, or every new instance would
// begin with a long one.
type pace struct {
	short atomic.Int64 // ticks that are granted, 0 for Quantum
	until atomic.Int64 // no more are before, in nanoseconds since paceEpoch
}

var paceEpoch = time.Now()

// quantum is how many ticks to grant.
func (p *pace) quantum() int64 {
	if n := p.short.Load(); n > 0 {
		return n
	}
	return Quantum
}

// slow reports whether quanta are short. Then the time of the thread is what
// counts: another process that takes the processor away would make them shorter
// and shorter.
func (p *pace) slow() bool { return p.short.Load() > 0 }

// observe is told what time so many ticks have taken, and how much of it their
// thread ran.
func (p *pace) observe(ticks int64, took, onCPU time.Duration) {
	switch {
	case onCPU > longQuantum:
		n := ticks * int64(longQuantum/2) / int64(onCPU)
		p.short.Store(min(max(n, minQuantum), p.quantum()))
		p.until.Store(int64(time.Since(paceEpoch) + paceHold*took))
	case p.slow() && int64(time.Since(paceEpoch)) > p.until.Load():
		n := 2 * p.short.Load()
		if n >= Quantum {
			n = 0
		}
		p.short.Store(n)
	}
}
