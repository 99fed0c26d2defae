package front

import (
	"iter"
	"sync"
)

// maxStages is how many stages are kept for later requests. Each is a parked
// goroutine: some KiB.
const maxStages = 128

// stage is a coroutine that calls functions, one after the other. To make one
// for each request would take six allocations and a goroutine.
type stage struct {
	plays *coroutine // whose function it calls; nil when that has ended
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

func newStage() *stage {
	s := &stage{}
	s.next, s.stop = iter.Pull(s.play)
	return s
}

// play is what runs in the coroutine. It yields when a function has ended, and
// when one suspends.
func (s *stage) play(yield func(struct{}) bool) {
	s.yield = yield
	for more := true; more; more = yield(struct{}{}) {
		c := s.plays
		c.err = c.x.guard(c.x.callHTTP)
		s.plays = nil
	}
}

// stages are those that have nothing to do. The one that came last goes first:
// its stack is in the caches.
type stages struct {
	mu     sync.Mutex
	idle   []*stage
	closed bool
}

func (l *stages) take() *stage {
	l.mu.Lock()
	n := len(l.idle) - 1
	if n < 0 {
		l.mu.Unlock()
		return newStage()
	}
	s := l.idle[n]
	l.idle[n], l.idle = nil, l.idle[:n]
	l.mu.Unlock()
	return s
}

func (l *stages) put(s *stage) {
	l.mu.Lock()
	keep := !l.closed && len(l.idle) < maxStages
	if keep {
		l.idle = append(l.idle, s)
	}
	l.mu.Unlock()
	if !keep {
		s.stop()
	}
}

// close ends those that are idle, and later those that come back.
func (l *stages) close() {
	l.mu.Lock()
	idle := l.idle
	l.idle, l.closed = nil, true
	l.mu.Unlock()
	for _, s := range idle {
		s.stop()
	}
}
