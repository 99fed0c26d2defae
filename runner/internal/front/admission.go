package front

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// gate lets so many invocations through at once. Others wait in a bounded
// queue, for a bounded time.
type gate struct {
	slots   chan struct{}
	waiting atomic.Int64
}

func newGate(size int) *gate { return &gate{slots: make(chan struct{}, size)} }

// enter waits for a slot, and returns why there is none, or "". canceled says
// that ctx ended the wait.
func (g *gate) enter(ctx context.Context, cfg *Config) (reason string, canceled bool) {
	select {
	case g.slots <- struct{}{}:
		return "", false
	default:
	}
	most := max(cfg.MaxQueue, 0)
	if n := g.waiting.Add(1); n > int64(most) {
		g.waiting.Add(-1)
		return fmt.Sprintf("%d run, the limit is %d, and %d wait, the limit is %d", len(g.slots), cap(g.slots), n-1, most), false
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(cfg.QueueTimeout)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return "", false
	case <-timer.C:
		return fmt.Sprintf("%d run, the limit is %d, and none ended within %v", len(g.slots), cap(g.slots), cfg.QueueTimeout), false
	case <-ctx.Done():
		return "", true
	}
}

func (g *gate) leave() { <-g.slots }

// tenants are the gates of the tenants that have invoked something.
type tenants struct {
	mu    sync.RWMutex
	gates map[string]*gate
}

// gate returns a tenant's gate, made at its first use.
func (t *tenants) gate(name string, size int) *gate {
	t.mu.RLock()
	g := t.gates[name]
	t.mu.RUnlock()
	if g != nil {
		return g
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if g = t.gates[name]; g == nil {
		if t.gates == nil {
			t.gates = map[string]*gate{}
		}
		g = newGate(size)
		t.gates[name] = g
	}
	return g
}

// admit waits until tenant and server have room for the invocation. The tenant
// goes first: who waits for his own limit takes no room from others.
func (x *exchange) admit() error {
	cfg := &x.s.cfg
	if cfg.TenantConcurrency > 0 {
		tenant := x.target.Config().Tenant()
		g := x.s.tenants.gate(tenant, cfg.TenantConcurrency)
		reason, canceled := g.enter(x.ctx, cfg)
		switch {
		case canceled:
			return x.canceled()
		case reason != "":
			return refuse(resourceExhausted, fmt.Sprintf("of the invocations of tenant '%s' %s", tenant, reason))
		}
		x.held[0] = g
	}
	if g := x.s.gate; g != nil {
		reason, canceled := g.enter(x.ctx, cfg)
		switch {
		case canceled:
			return x.canceled()
		case reason != "":
			return refuse(resourceThrottled, "of all invocations "+reason)
		}
		x.held[1] = g
	}
	return nil
}

// dismiss gives back what admit took.
func (x *exchange) dismiss() {
	for i, g := range x.held {
		if g != nil {
			g.leave()
			x.held[i] = nil
		}
	}
}
