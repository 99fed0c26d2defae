package fc

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

var (
	past   = time.Now().Add(-time.Hour)
	future = time.Now().Add(time.Hour)
)

func TestInvocationContext(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	soon, cancelSoon := context.WithDeadline(context.Background(), past)
	defer cancelSoon()
	for _, tc := range []struct {
		name     string
		parent   context.Context
		deadline time.Time
		want     error
	}{
		{"no deadline", context.Background(), time.Time{}, nil},
		{"before the deadline", context.Background(), future, nil},
		{"after the deadline", context.Background(), past, context.DeadlineExceeded},
		{"parent cancelled", cancelled, future, context.Canceled},
		{"deadline of the parent", soon, future, context.DeadlineExceeded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, doneFirst := range []bool{true, false} {
				c := newInvocationContext(tc.parent, tc.deadline)
				if doneFirst {
					if got := isDone(c); got != (tc.want != nil) {
						t.Errorf("done: %v", got)
					}
				}
				if err := c.Err(); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
					t.Errorf("Err() is %v, want %v (Done called before: %v)", err, tc.want, doneFirst)
				}
				c.end()
				want := tc.want
				if want == nil {
					want = context.Canceled
				}
				for i := 0; i < 2; i++ {
					if err := c.Err(); !errors.Is(err, want) {
						t.Errorf("after the end, Err() is %v, want %v", err, want)
					}
				}
				if !isDone(c) {
					t.Error("not done after the end")
				}
			}
		})
	}
}

func isDone(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func TestEndedBeforeAnybodyAsked(t *testing.T) {
	c := newInvocationContext(context.Background(), past)
	c.end() // in time, as far as anybody could see
	if err := c.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("Err() is %v", err)
	}
	if !isDone(c) {
		t.Error("not done")
	}
}

func TestChildrenEndWithTheInvocation(t *testing.T) {
	c := newInvocationContext(context.Background(), future)
	child, cancel := context.WithCancel(c)
	defer cancel()
	value := context.WithValue(child, "key", "value") //nolint:staticcheck // the key does not matter
	if isDone(value) {
		t.Error("done too early")
	}
	if got := context.Cause(value); got != nil {
		t.Errorf("cause is %v", got)
	}
	c.end()
	// Package context tells children of its own contexts at once, others by a
	// goroutine: this fails if it takes c for a foreign one.
	if !isDone(value) {
		t.Error("not done after the end")
	}
	if d, ok := value.Deadline(); !ok || !d.Equal(future) {
		t.Errorf("deadline is %v, %v", d, ok)
	}
}

// TestInvocationContextConcurrently means something under the race detector
// only.
func TestInvocationContextConcurrently(t *testing.T) {
	c := newInvocationContext(context.Background(), future)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, cancel := context.WithTimeout(c, time.Minute)
			cancel()
			_ = c.Err()
			<-c.Done()
		}()
	}
	c.end()
	wg.Wait()
}
