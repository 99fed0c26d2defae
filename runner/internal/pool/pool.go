// Package pool keeps instances for reuse: at most so many, the most recently
// used first, idle ones only for so long, and everybody else in a bounded
// queue. An instance may serve several callers at once.
//
// See RATIONALE.md, "Why a pool of our own?".
package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Errors of Get.
var (
	// ErrFull says that everything is in use and the queue is full.
	ErrFull = errors.New("pool: all instances are in use")
	// ErrLate is an ErrFull: the wait was longer than the queue allows.
	ErrLate = fmt.Errorf("%w, and none was free in time", ErrFull)
	// ErrClosed says that the pool was closed.
	ErrClosed = errors.New("pool: closed")
)

// Config configures a [Pool]. It must not be changed afterwards.
type Config[T comparable] struct {
	Max       int           // instances that may exist at once, at least 1
	MaxQueue  int           // callers that may wait
	QueueTime time.Duration // how long one may wait; 0 means not at all
	IdleTime  time.Duration // how long an instance may sit idle; 0 means for ever
	// Concurrency is how many callers may have one instance at once; less than
	// 1 means 1. An instance is filled before the next one is made, and who
	// comes while one is being made waits for it where it will have room.
	Concurrency int
	// Spares is how many idle instances to keep ready while there is demand:
	// taking one makes another in the background. They expire like all others.
	Spares int
	// Rest, if set, is called once for each instance that has been idle for
	// RestTime, if that is positive. Meanwhile it cannot be had.
	Rest     func(T)
	RestTime time.Duration
	// New makes an instance. It is called without locks, many times at once.
	New func(ctx context.Context) (T, error)
	// Destroy frees one. It is called without locks, on any goroutine.
	Destroy func(T)
}

// Stats counts what a pool has done. Live = Busy + Idle; an instance is busy
// when anybody has it.
type Stats struct {
	Live, Busy, Idle, Waiting  int
	Resting                    int // of the idle ones
	Created, Destroyed, Reused int64
	Queued, Rejected, Expired  int64
	CreateFailed               int64
	Dropped, Evicted           int64
}

// Pool is safe for concurrent use.
type Pool[T comparable] struct {
	cfg Config[T]

	mu       sync.Mutex
	idle     []resting[T]    // the last one was used last
	shared   map[T]*place[T] // all that are made, nil when Concurrency is 1
	open     []*place[T]     // in use with room for more; the last one is taken next
	waiting  []*waiter[T]    // the first one came first
	joining  []*waiter[T]    // who waits for an instance that is being made
	live     int             // busy, idle, and being made
	starting int             // being made
	making   int             // of them spares
	closed   bool
	stats    Stats
	sweeper  *time.Timer
	rester   *time.Timer
	drained  chan struct{} // closed once live is 0 after Close
}

type resting[T any] struct {
	item   T
	since  time.Time
	rested bool
}

// waiter is a caller in the queue. It gets an instance, or the permission to
// make one.
type waiter[T any] struct {
	ready chan grant[T]
}

type grant[T any] struct {
	item T
	new  bool // it was made while the caller waited for it
	make bool
	err  error
}

// New makes a pool.
func New[T comparable](cfg Config[T]) *Pool[T] {
	p := &Pool[T]{cfg: cfg, drained: make(chan struct{})}
	if cfg.Concurrency > 1 {
		p.shared = map[T]*place[T]{}
	}
	return p
}

// Get returns an instance with room for another caller, or makes one, or waits
// for one. made says whether it is new. The caller gives it back by Put or
// Drop.
//
// # Errors
//
// [ErrFull], [ErrLate], [ErrClosed], ctx's error, or what New returned.
func (p *Pool[T]) Get(ctx context.Context) (item T, made bool, err error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return item, false, ErrClosed
	}
	if item, ok := p.join(); ok {
		p.stats.Reused++
		p.mu.Unlock()
		return item, false, nil
	}
	if n := len(p.idle); n > 0 {
		item = p.idle[n-1].item
		p.idle[n-1] = resting[T]{}
		p.idle = p.idle[:n-1]
		p.occupy(item)
		p.stats.Reused++
		p.spare()
		p.mu.Unlock()
		return item, false, nil
	}
	if p.promises() > len(p.joining) {
		w := &waiter[T]{ready: make(chan grant[T], 1)}
		p.joining = append(p.joining, w)
		p.mu.Unlock()
		return p.wait(ctx, w, &p.joining, nil)
	}
	if p.live < p.cfg.Max {
		p.live++
		p.starting++
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
	timer := time.NewTimer(p.cfg.QueueTime)
	defer timer.Stop()
	return p.wait(ctx, w, &p.waiting, timer.C)
}

// wait waits in a queue of the pool's.
func (p *Pool[T]) wait(ctx context.Context, w *waiter[T], queue *[]*waiter[T], late <-chan time.Time) (item T, made bool, err error) {
	select {
	case g := <-w.ready:
		return p.take(ctx, g)
	case <-ctx.Done():
		err = ctx.Err()
	case <-late:
		err = ErrLate
	}
	p.mu.Lock()
	if i := slices.Index(*queue, w); i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
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
		return g.item, g.new, g.err
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
		p.failed(ctx, err)
		return item, err
	}
	p.starting--
	p.stats.Created++
	p.share(item)
	return item, nil
}

// spare starts making an idle instance where one is missing. The lock is held.
func (p *Pool[T]) spare() {
	if len(p.idle)+p.making >= p.cfg.Spares || p.live >= p.cfg.Max {
		return
	}
	p.live++
	p.starting++
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

// Stats returns the counters as they are now.
func (p *Pool[T]) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Live, s.Idle, s.Waiting = p.live, len(p.idle), len(p.waiting)+len(p.joining)
	s.Busy, s.Resting = p.live-len(p.idle), p.awake()
	return s
}
