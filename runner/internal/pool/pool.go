// Package pool keeps instances for reuse: at most so many, the most recently
// used first, idle ones only for so long, and everybody else in a bounded
// queue.
//
// See RATIONALE.md, "Why a pool of our own?".
package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Errors of Get.
var (
	// ErrFull says that everything is in use and the queue is full, or that
	// the wait was longer than the queue allows.
	ErrFull = errors.New("pool: all instances are in use")
	// ErrClosed says that the pool was closed.
	ErrClosed = errors.New("pool: closed")
)

// Config configures a [Pool]. It must not be changed afterwards.
type Config[T comparable] struct {
	Max       int           // instances that may exist at once, at least 1
	MaxQueue  int           // callers that may wait
	QueueTime time.Duration // how long one may wait; 0 means not at all
	IdleTime  time.Duration // how long an instance may sit idle; 0 means for ever
	// Spares is how many idle instances to keep ready while there is demand:
	// taking one makes another in the background. They expire like all others.
	Spares int
	// New makes an instance. It is called without locks, many times at once.
	New func(ctx context.Context) (T, error)
	// Destroy frees one. It is called without locks, on any goroutine.
	Destroy func(T)
}

// Stats counts what a pool has done. Live = Busy + Idle.
type Stats struct {
	Live, Busy, Idle, Waiting    int
	Created, Destroyed, Reused   int64
	Queued, Rejected, Expired    int64
	CreateFailed, Dropped, Taken int64
}

// Pool is safe for concurrent use.
type Pool[T comparable] struct {
	cfg Config[T]

	mu      sync.Mutex
	idle    []resting[T] // the last one was used last
	waiting []*waiter[T] // the first one came first
	live    int          // busy, idle, and being made
	making  int          // spares being made
	closed  bool
	stats   Stats
	sweeper *time.Timer
	drained chan struct{} // closed once live is 0 after Close
}

type resting[T any] struct {
	item  T
	since time.Time
}

// waiter is a caller in the queue. It gets an instance, or the permission to
// make one.
type waiter[T any] struct {
	ready chan grant[T]
}

type grant[T any] struct {
	item T
	make bool
	err  error
}

// New makes a pool.
func New[T comparable](cfg Config[T]) *Pool[T] {
	return &Pool[T]{cfg: cfg, drained: make(chan struct{})}
}

// Get returns an idle instance, or makes one, or waits for one. made says
// whether it is new. The caller gives it back by Put or Drop.
//
// # Errors
//
// [ErrFull], [ErrClosed], ctx's error, or what New returned.
func (p *Pool[T]) Get(ctx context.Context) (item T, made bool, err error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return item, false, ErrClosed
	}
	if n := len(p.idle); n > 0 {
		item = p.idle[n-1].item
		p.idle[n-1] = resting[T]{}
		p.idle = p.idle[:n-1]
		p.stats.Reused++
		p.spare()
		p.mu.Unlock()
		return item, false, nil
	}
	if p.live < p.cfg.Max {
		p.live++
		p.spare()
		p.mu.Unlock()
		item, err = p.make(ctx)
		return item, true, err
	}
	if len(p.waiting) >= p.cfg.MaxQueue || p.cfg.QueueTime <= 0 {
		p.stats.Rejected++
		p.mu.Unlock()
		return item, false, ErrFull
	}
	w := &waiter[T]{ready: make(chan grant[T], 1)}
	p.waiting = append(p.waiting, w)
	p.stats.Queued++
	p.mu.Unlock()
	return p.wait(ctx, w)
}

func (p *Pool[T]) wait(ctx context.Context, w *waiter[T]) (item T, made bool, err error) {
	timer := time.NewTimer(p.cfg.QueueTime)
	defer timer.Stop()
	select {
	case g := <-w.ready:
		return p.take(ctx, g)
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		err = ErrFull
	}
	p.mu.Lock()
	if i := slices.Index(p.waiting, w); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.stats.Rejected++
		p.mu.Unlock()
		return item, false, err
	}
	p.mu.Unlock()
	// It was granted at the same moment.
	return p.take(ctx, <-w.ready)
}

func (p *Pool[T]) take(ctx context.Context, g grant[T]) (T, bool, error) {
	if g.err != nil || !g.make {
		return g.item, false, g.err
	}
	item, err := p.make(ctx)
	return item, true, err
}

// make creates an instance for a place that is already counted in live.
func (p *Pool[T]) make(ctx context.Context) (T, error) {
	item, err := p.cfg.New(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.stats.CreateFailed++
		p.vacate()
		return item, err
	}
	p.stats.Created++
	return item, nil
}

// spare starts making an idle instance where one is missing. The lock is held.
func (p *Pool[T]) spare() {
	if len(p.idle)+p.making >= p.cfg.Spares || p.live >= p.cfg.Max {
		return
	}
	p.live++
	p.making++
	go func() {
		item, err := p.make(context.Background())
		p.mu.Lock()
		p.making--
		p.mu.Unlock()
		if err == nil {
			p.Put(item)
		}
	}()
}

// Put gives back an instance that can be used again.
func (p *Pool[T]) Put(item T) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.destroy(item)
		return
	}
	if len(p.waiting) > 0 {
		w := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		p.stats.Reused++
		p.mu.Unlock()
		w.ready <- grant[T]{item: item}
		return
	}
	p.idle = append(p.idle, resting[T]{item, time.Now()})
	if p.sweeper == nil && p.cfg.IdleTime > 0 {
		p.sweeper = time.AfterFunc(p.cfg.IdleTime, p.sweep)
	}
	p.mu.Unlock()
}

// Take takes a certain instance out, if it is idle. The caller gives it back as
// after Get.
func (p *Pool[T]) Take(item T) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range p.idle {
		if r.item == item {
			p.idle = slices.Delete(p.idle, i, i+1)
			return true
		}
	}
	return false
}

// Drop gives back an instance that must not be used again, and destroys it.
func (p *Pool[T]) Drop(item T) {
	p.mu.Lock()
	p.stats.Dropped++
	p.mu.Unlock()
	p.destroy(item)
}

// destroy frees an instance and gives its place to the first in the queue.
func (p *Pool[T]) destroy(item T) {
	p.cfg.Destroy(item)
	p.mu.Lock()
	p.stats.Destroyed++
	p.vacate()
	p.mu.Unlock()
}

// vacate gives up one place. The lock is held.
func (p *Pool[T]) vacate() {
	if len(p.waiting) > 0 && !p.closed {
		w := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		w.ready <- grant[T]{make: true}
		return
	}
	p.live--
	if p.closed && p.live == 0 {
		close(p.drained)
	}
}

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
	for _, r := range old {
		p.destroy(r.item)
	}
}

// Evict destroys up to n idle instances, the longest idle first, and returns
// how many.
func (p *Pool[T]) Evict(n int) int {
	p.mu.Lock()
	n = min(n, len(p.idle))
	old := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.stats.Taken += int64(n)
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
		p.waiting = nil
		if p.sweeper != nil {
			p.sweeper.Stop()
			p.sweeper = nil
		}
	}
	old := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, r := range old {
		p.destroy(r.item)
	}
	select {
	case <-p.drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stats returns the counters as they are now.
func (p *Pool[T]) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Live, s.Idle, s.Waiting = p.live, len(p.idle), len(p.waiting)
	s.Busy = p.live - len(p.idle)
	return s
}
