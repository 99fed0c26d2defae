package code

import (
	"container/list"
	"context"
	"fmt"
	"time"
)

// entry is the code of all modules with one digest.
//
//	absent ── acquire ──► loading ── done ──► held ── last release ──► idle
//	   ▲                                       ▲────── acquire ─────────┤
//	   └──────────────────────────── evict, or last Code closed ────────┘
//
// The store's mutex guards all but digest and checked.
type entry struct {
	store   *Store
	digest  Digest
	bin     []byte // the rewritten module, when it is not in a file
	checked fileID // the file whose code has been checked; the loading goroutine's

	refs    int // Codes
	holders int // Leases
	in      *resident
	size    int64 // bytes of machine code, as far as that is known
	loading *loading
	place   *list.Element // in the store's idle list
}

// loading is one load that everybody waits for who wants the same code.
type loading struct {
	done    chan struct{}
	waiters int
	in      *resident // valid when done, as err is
	err     error
}

// acquire makes the entry resident and held.
func (e *entry) acquire(ctx context.Context) (*resident, error) {
	s := e.store
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	if r := e.in; r != nil {
		e.hold(1)
		s.stats.Hits++
		s.mu.Unlock()
		return r, nil
	}
	l := e.loading
	if l == nil {
		l = &loading{done: make(chan struct{})}
		e.loading = l
		s.loads.Add(1)
		// The load is everybody's: it does not end with the first who asked.
		go e.load(context.WithoutCancel(ctx), l)
	}
	l.waiters++
	s.stats.Waits++
	s.mu.Unlock()
	select {
	case <-l.done:
		return l.in, l.err
	case <-ctx.Done():
		e.abandon(l)
		return nil, context.Cause(ctx)
	}
}

// abandon takes one waiter off a load. When the load has ended just now, the
// waiter holds the code already.
func (e *entry) abandon(l *loading) {
	s := e.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.loading == l {
		l.waiters--
	} else if l.err == nil {
		e.drop()
	}
}

// load makes the entry resident and hands it to all who wait.
func (e *entry) load(ctx context.Context, l *loading) {
	s := e.store
	defer s.loads.Done()
	start := time.Now()
	r, err := e.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	e.loading = nil
	l.in, l.err = r, err
	if err != nil {
		s.stats.Failures++
	} else {
		e.settle(r)
		s.stats.LoadTime += time.Since(start)
		e.hold(l.waiters)
		if e.holders == 0 {
			e.rest(ctx)
		}
	}
	close(l.done)
	s.evict(ctx)
}

// fetch fetches the code. A bug in there is the caller's error, not the end of
// the process.
func (e *entry) fetch(ctx context.Context) (r *resident, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("code: loading module: %v", p)
		}
	}()
	return e.store.fetch(ctx, e)
}

// settle counts code that has become resident.
func (e *entry) settle(r *resident) {
	st := &e.store.stats
	e.in, e.size = r, r.size
	if e.store.trim == nil {
		e.store.trim = trimmer(r.module)
	}
	st.Resident++
	st.Bytes += r.cost
	st.Loads++
	switch r.mode {
	case Mapped:
		st.Mapped += r.size
	case Compiled:
		st.Plain++
	}
}

// hold adds holders.
func (e *entry) hold(n int) {
	s := e.store
	if e.place != nil {
		s.idle.Remove(e.place)
		e.place = nil
	}
	if e.holders == 0 && n > 0 {
		s.stats.Held++
	}
	e.holders += n
}

// drop takes one holder off.
func (e *entry) drop() {
	s := e.store
	if s.closed {
		return
	}
	if e.holders--; e.holders == 0 {
		s.stats.Held--
		e.rest(context.Background())
		s.evict(context.Background())
	}
}

// rest is called when nobody holds resident code any more.
func (e *entry) rest(ctx context.Context) {
	s := e.store
	e.place = s.idle.PushBack(e)
	if e.refs == 0 {
		e.unload(ctx)
	}
	e.forget()
}

// forget removes an entry that nobody refers to.
func (e *entry) forget() {
	if e.refs == 0 && e.in == nil && e.loading == nil {
		delete(e.store.entries, e.digest)
	}
}

// unload gives the code back to wazero, which frees it when the garbage
// collector has found the last instance gone.
func (e *entry) unload(ctx context.Context) {
	s := e.store
	if e.in == nil {
		return
	}
	if e.place != nil {
		s.idle.Remove(e.place)
		e.place = nil
	}
	_ = e.in.module.Close(ctx) // it never fails
	s.trim()
	s.stats.Resident--
	s.stats.Bytes -= e.in.cost
	if e.in.mode == Mapped {
		s.stats.Mapped -= e.in.size
	}
	e.in = nil
}
