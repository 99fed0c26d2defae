package pool

import (
	"context"
	"slices"
)

// place is an instance that several callers may have at once. Its fields are
// guarded by the pool's lock; where Concurrency is 1 there are none.
type place[T comparable] struct {
	item    T
	used    int  // callers that have it
	dropped bool // nobody else gets it
}

// join takes room in an instance that is in use. The lock is held, as it is for
// everything below.
func (p *Pool[T]) join() (item T, ok bool) {
	n := len(p.open)
	if n == 0 {
		return item, false
	}
	s := p.open[n-1]
	s.used++
	if s.used == p.cfg.Concurrency {
		p.open[n-1] = nil
		p.open = p.open[:n-1]
	}
	return s.item, true
}

// occupy notes the first caller of an idle instance.
func (p *Pool[T]) occupy(item T) {
	if s := p.shared[item]; s != nil {
		s.used = 1
		p.open = append(p.open, s)
	}
}

// reserve is occupy for a caller that wants nobody beside it.
func (p *Pool[T]) reserve(item T) {
	if s := p.shared[item]; s != nil {
		s.used = 1 // and not open
	}
}

// promises is how many callers the instances that are being made will have
// room for, beside those who make them.
func (p *Pool[T]) promises() int {
	if p.shared == nil {
		return 0
	}
	return p.starting * (p.cfg.Concurrency - 1)
}

// share makes a new instance, which its maker has, known to those who wait for
// it, and then to the others.
func (p *Pool[T]) share(item T) {
	if p.shared == nil {
		return
	}
	s := &place[T]{item: item, used: 1}
	p.shared[item] = s
	for len(p.joining) > 0 && s.used < p.cfg.Concurrency {
		w := p.joining[0]
		p.joining = slices.Delete(p.joining, 0, 1)
		s.used++
		w.ready <- grant[T]{item: item, new: true}
	}
	p.fill(s)
}

// fill gives what room there is to those who wait, and keeps the rest open.
func (p *Pool[T]) fill(s *place[T]) {
	for s.used < p.cfg.Concurrency {
		w := p.next()
		if w == nil {
			break
		}
		s.used++
		p.stats.Reused++
		w.ready <- grant[T]{item: s.item}
	}
	if s.used > 0 && s.used < p.cfg.Concurrency {
		p.open = append(p.open, s)
	}
}

// failed gives up an instance that could not be made. Who waited for it learns
// why, unless the reason is that the maker left: then the next one makes it.
func (p *Pool[T]) failed(ctx context.Context, err error) {
	if ctx.Err() != nil && len(p.joining) > 0 && !p.closed {
		w := p.joining[0]
		p.joining = slices.Delete(p.joining, 0, 1)
		w.ready <- grant[T]{make: true}
		return
	}
	p.starting--
	p.vacate()
	for n := len(p.joining) - p.promises(); n > 0; n-- {
		w := p.joining[0]
		p.joining = slices.Delete(p.joining, 0, 1)
		w.ready <- grant[T]{err: err}
	}
}

// leave gives up one caller's room, to somebody who waits if there is anybody,
// and reports whether nobody has the instance now.
func (p *Pool[T]) leave(s *place[T]) (last bool) {
	p.shut(s)
	s.used--
	if !s.dropped && !p.closed {
		p.fill(s)
	}
	return s.used == 0
}

// condemn gives up one caller's room in an instance that nobody else is to
// get, and reports whether nobody has it now.
func (p *Pool[T]) condemn(s *place[T]) (last bool) {
	p.shut(s)
	s.used--
	s.dropped = true
	return s.used == 0
}

// shut keeps callers from joining.
func (p *Pool[T]) shut(s *place[T]) {
	if i := slices.Index(p.open, s); i >= 0 {
		p.open = slices.Delete(p.open, i, i+1)
	}
}
