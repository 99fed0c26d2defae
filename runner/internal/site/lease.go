package site

import (
	"context"
	"sync"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// lease is a loaded function for as long as it is served. A request that was
// routed to it just before it was replaced goes to what replaced it.
type lease struct {
	fn       loaded
	manifest *manifest.Function
	kind     kind
	doubtful bool   // its program will not start
	key      string // of configuration and code
	trigger  *front.Trigger
	limits   *front.Limits // nil for the server's
	gen      front.Generation

	mu      sync.RWMutex
	retired bool
	next    *lease         // once it is retired, if something replaced it
	users   sync.WaitGroup // grows only until it is retired
}

var _ front.Function = (*lease)(nil)

// target is the function for the front.
func (l *lease) target() front.Target {
	return front.Target{Function: l, Trigger: l.trigger, Limits: l.limits, Generation: &l.gen}
}

// enter finds the function to call, which is not closed before leave.
func (l *lease) enter() (in *lease, err error) {
	for l != nil {
		l.mu.RLock()
		if !l.retired {
			l.users.Add(1)
			l.mu.RUnlock()
			return l, nil
		}
		next := l.next
		l.mu.RUnlock()
		l = next
	}
	return nil, runner.ErrClosed
}

func (l *lease) leave() { l.users.Done() }

// retire sends those who come from now on to next, waits for those who are in,
// and closes the function.
func (l *lease) retire(ctx context.Context, next *lease) error {
	l.mu.Lock()
	l.retired, l.next = true, next
	l.mu.Unlock()
	empty := make(chan struct{})
	go func() {
		l.users.Wait()
		close(empty)
	}()
	select {
	case <-empty:
	case <-ctx.Done():
	}
	return l.fn.Close(ctx)
}

// Invoke implements [front.Function].
func (l *lease) Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error) {
	in, err := l.enter()
	if err != nil {
		return nil, err
	}
	defer in.leave()
	return in.fn.Invoke(ctx, ev)
}

// InvokeHTTP implements [front.Function].
func (l *lease) InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error) {
	in, err := l.enter()
	if err != nil {
		return nil, err
	}
	defer in.leave()
	return in.fn.InvokeHTTP(ctx, req, w)
}

// HandlesHTTP implements [front.Function].
func (l *lease) HandlesHTTP() bool { return l.fn.HandlesHTTP() }

// EventsOnly reports whether the function knows that it takes no HTTP requests.
func (l *lease) EventsOnly() bool { return eventsOnly(l.fn) }

// Config implements [front.Function].
func (l *lease) Config() runner.FunctionConfig { return l.fn.Config() }
