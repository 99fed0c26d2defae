package pool

import (
	"slices"
	"sort"
	"time"
)

// startResting sees to it that what is idle will rest. The lock is held.
func (p *Pool[T]) startResting() {
	if p.cfg.Rest != nil && p.cfg.RestTime > 0 && p.rester == nil && !p.closed {
		p.rester = time.AfterFunc(p.cfg.RestTime, p.rest)
	}
}

// awake returns the place of the first that does not rest. Who rests has been
// idle for longer than who does not. The lock is held.
func (p *Pool[T]) awake() int {
	return sort.Search(len(p.idle), func(i int) bool { return !p.idle[i].rested })
}

// rest has those rest that have been idle for long enough, one at a time.
func (p *Pool[T]) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		i := p.awake()
		if i == len(p.idle) {
			break
		}
		r := p.idle[i]
		if left := time.Until(r.since.Add(p.cfg.RestTime)); left > 0 {
			p.rester = time.AfterFunc(left, p.rest)
			return
		}
		p.idle = slices.Delete(p.idle, i, i+1)
		p.reserve(r.item)
		p.mu.Unlock()
		p.cfg.Rest(r.item)
		r.rested = true
		p.giveBack(r)
		p.mu.Lock()
	}
	p.rester = nil
}

// giveBack returns one that has rested to its place, or to who has come
// meanwhile.
func (p *Pool[T]) giveBack(r resting[T]) {
	p.mu.Lock()
	if p.closed || len(p.waiting)+len(p.joining) > 0 {
		p.mu.Unlock()
		p.Put(r.item)
		return
	}
	if s := p.shared[r.item]; s != nil {
		s.used = 0
	}
	at := sort.Search(len(p.idle), func(i int) bool { return p.idle[i].since.After(r.since) })
	p.idle = slices.Insert(p.idle, at, r)
	if p.sweeper == nil && p.cfg.IdleTime > 0 {
		p.sweeper = time.AfterFunc(max(time.Until(r.since.Add(p.cfg.IdleTime)), 0), p.sweep)
	}
	p.mu.Unlock()
}
