package pool

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sweep destroys what has been idle for too long. The oldest stand first,
// because the newest are taken first.
func (p *Pool[T]) sweep() {
	p.mu.Lock()
	cut := time.Now().Add(-p.cfg.IdleTime)
	n := 0
	for n < len(p.idle) && !p.idle[n].since.After(cut) {
		n++
	}
	old := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.stats.Expired += int64(n)
	p.sweeper = nil
	if len(p.idle) > 0 && !p.closed {
		p.sweeper = time.AfterFunc(time.Until(p.idle[0].since.Add(p.cfg.IdleTime)), p.sweep)
	}
	p.mu.Unlock()
	p.destroyAll(old)
}

// destroyers is how many instances are destroyed at a time: some have last
// words that take long.
const destroyers = 16

func (p *Pool[T]) destroyAll(list []resting[T]) {
	if len(list) == 0 {
		return
	}
	var next atomic.Int64
	work := func() {
		for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
			p.destroy(list[i].item)
		}
	}
	var wg sync.WaitGroup
	for range min(destroyers, len(list)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

// Evict destroys up to n idle instances, the longest idle first, and returns
// how many.
func (p *Pool[T]) Evict(n int) int {
	p.mu.Lock()
	n = min(n, len(p.idle))
	old := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.stats.Evicted += int64(n)
	p.mu.Unlock()
	for _, r := range old {
		p.destroy(r.item)
	}
	return n
}

// Close destroys what is idle, turns away who waits, and waits until what is
// busy has come back, or ctx is done.
func (p *Pool[T]) Close(ctx context.Context) error {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		if p.live == 0 {
			close(p.drained)
		}
		for _, w := range p.waiting {
			w.ready <- grant[T]{err: ErrClosed}
		}
		for _, w := range p.joining {
			w.ready <- grant[T]{err: ErrClosed}
		}
		p.waiting, p.joining = nil, nil
		if p.sweeper != nil {
			p.sweeper.Stop()
			p.sweeper = nil
		}
		if p.rester != nil {
			p.rester.Stop()
			p.rester = nil
		}
	}
	old := p.idle
	p.idle = nil
	p.mu.Unlock()
	p.destroyAll(old)
	select {
	case <-p.drained:
		return nil // also when ctx is done
	default:
	}
	select {
	case <-p.drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
