package front

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// sweepInterval is how often, and from what age on, requests are asked whether
// their clients are still there.
const sweepInterval = 100 * time.Millisecond

// inflight knows the invocations that run, so that those can be canceled whose
// clients have gone. It is a list, oldest first, so that the sweep touches only
// what has been running for a while.
type inflight struct {
	mu   sync.Mutex
	head inflightEntry // of a ring
}

// inflightEntry is one invocation in the list.
type inflightEntry struct {
	prev, next *inflightEntry
	since      time.Time
	conn       net.Conn
	cancel     context.CancelCauseFunc
}

func (l *inflight) init() { l.head.prev, l.head.next = &l.head, &l.head }

func (l *inflight) add(e *inflightEntry, rc *fasthttp.RequestCtx, cancel context.CancelCauseFunc) {
	e.since, e.conn, e.cancel = rc.Time(), rc.Conn(), cancel
	l.mu.Lock()
	e.prev, e.next = l.head.prev, &l.head
	e.prev.next, l.head.prev = e, e
	l.mu.Unlock()
}

func (l *inflight) remove(e *inflightEntry) {
	l.mu.Lock()
	e.prev.next, e.next.prev = e.next, e.prev
	l.mu.Unlock()
}

// older calls f for every invocation that started before t. f runs without the
// lock, so the invocation may be over; canceling it then does nothing.
func (l *inflight) older(t time.Time, f func(conn net.Conn, cancel context.CancelCauseFunc)) {
	l.mu.Lock()
	var batch []inflightEntry
	for e := l.head.next; e != &l.head && e.since.Before(t); e = e.next {
		batch = append(batch, inflightEntry{conn: e.conn, cancel: e.cancel})
	}
	l.mu.Unlock()
	for i := range batch {
		f(batch[i].conn, batch[i].cancel)
	}
}

// watch cancels invocations whose clients have gone, until stop is closed.
func (l *inflight) watch(stop <-chan struct{}) {
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			l.older(now.Add(-sweepInterval), func(conn net.Conn, cancel context.CancelCauseFunc) {
				if closedByPeer(conn) {
					cancel(errClientGone)
				}
			})
		}
	}
}

// cancelAll cancels every invocation.
func (l *inflight) cancelAll(cause error) {
	l.mu.Lock()
	var batch []context.CancelCauseFunc
	for e := l.head.next; e != &l.head; e = e.next {
		batch = append(batch, e.cancel)
	}
	l.mu.Unlock()
	for _, cancel := range batch {
		cancel(cause)
	}
}
