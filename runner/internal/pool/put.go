package pool

import (
	"slices"
	"time"
)

// Put gives back an instance that can be used again.
func (p *Pool[T]) Put(item T) {
	p.mu.Lock()
	s := p.shared[item]
	if s != nil && !p.leave(s) {
		p.mu.Unlock()
		return
	}
	if p.closed || s != nil && s.dropped {
		p.mu.Unlock()
		p.destroy(item)
		return
	}
	if w := p.next(); w != nil { // never for a shared one, leave saw to that
		p.stats.Reused++
		p.mu.Unlock()
		w.ready <- grant[T]{item: item}
		return
	}
	p.idle = append(p.idle, resting[T]{item: item, since: time.Now()})
	p.startResting()
	if p.sweeper == nil && p.cfg.IdleTime > 0 {
		p.sweeper = time.AfterFunc(p.cfg.IdleTime, p.sweep)
	}
	p.mu.Unlock()
}

// Take takes a certain instance out, if it is idle, and keeps others from
// sharing it. The caller gives it back as after Get.
func (p *Pool[T]) Take(item T) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range p.idle {
		if r.item == item {
			p.idle = slices.Delete(p.idle, i, i+1)
			p.reserve(item)
			return true
		}
	}
	return false
}

// Drop gives back an instance that must not be used again. It is destroyed at
// once, or when the last of those who share it has given it back.
func (p *Pool[T]) Drop(item T) {
	p.mu.Lock()
	s := p.shared[item]
	if s == nil || !s.dropped {
		p.stats.Dropped++
	}
	last := s == nil || p.condemn(s)
	p.mu.Unlock()
	if last {
		p.destroy(item)
	}
}

// next takes the first caller out of the queue, if anybody waits: those whose
// wait is limited before those who have been promised an instance. The lock is
// held.
func (p *Pool[T]) next() *waiter[T] {
	queue := &p.waiting
	if len(p.waiting) == 0 {
		queue = &p.joining
	}
	if len(*queue) == 0 {
		return nil
	}
	w := (*queue)[0]
	*queue = slices.Delete(*queue, 0, 1)
	return w
}

// destroy frees an instance and gives its place to the first in the queue.
func (p *Pool[T]) destroy(item T) {
	p.cfg.Destroy(item)
	p.mu.Lock()
	p.stats.Destroyed++
	delete(p.shared, item)
	p.vacate()
	p.mu.Unlock()
}

// vacate gives up one place. The lock is held.
func (p *Pool[T]) vacate() {
	if len(p.waiting) > 0 && !p.closed {
		w := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		p.starting++
		w.ready <- grant[T]{make: true}
		return
	}
	p.live--
	if p.closed && p.live == 0 {
		close(p.drained)
	}
}
