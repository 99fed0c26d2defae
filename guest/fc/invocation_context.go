package fc

import (
	"context"
	"sync"
	"time"
)

// invocationContext is the context of one invocation: done at the deadline or
// when the handler has returned. Most handlers never ask whether it is done, so
// the timer and what hangs on it are made only when somebody does.
type invocationContext struct {
	parent   context.Context
	deadline time.Time // zero when there is none

	mu     sync.Mutex
	inner  context.Context // nil until somebody asks
	cancel context.CancelFunc
	ended  bool
}

func newInvocationContext(parent context.Context, deadline time.Time) *invocationContext {
	c := &invocationContext{parent: parent, deadline: deadline}
	if d, ok := parent.Deadline(); ok && (deadline.IsZero() || d.Before(deadline)) {
		c.deadline = d
	}
	if parent.Done() != nil { // then only a real child hears of it
		c.open()
	}
	return c
}

// open makes the real context. The caller holds mu, or is the only one to know
// c yet.
func (c *invocationContext) open() context.Context {
	if c.inner != nil {
		return c.inner
	}
	if c.deadline.IsZero() || c.ended {
		c.inner, c.cancel = context.WithCancel(c.parent)
	} else {
		c.inner, c.cancel = context.WithDeadline(c.parent, c.deadline)
	}
	if c.ended {
		c.cancel()
	}
	return c.inner
}

// end cancels the context: the invocation is over.
func (c *invocationContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.cancel != nil {
		c.cancel()
	}
}

// Deadline implements [context.Context].
func (c *invocationContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Done implements [context.Context].
func (c *invocationContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open().Done()
}

// Err implements [context.Context].
func (c *invocationContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil && !c.ended && (c.deadline.IsZero() || time.Now().Before(c.deadline)) {
		return nil
	}
	return c.open().Err() // stays the same from now on
}

// Value implements [context.Context]. Package context looks up its own
// contexts this way, after asking for Done: that is why inner comes first.
func (c *invocationContext) Value(key interface{}) interface{} {
	c.mu.Lock()
	inner := c.inner
	c.mu.Unlock()
	if inner != nil {
		return inner.Value(key)
	}
	return c.parent.Value(key)
}
