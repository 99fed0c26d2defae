package load

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Request sends one request and waits for its answer. It is called by many
// workers at once; worker is the number of the one that calls, from 0.
type Request func(ctx context.Context, worker int) error

// Closed is a load of workers that wait for their answers.
type Closed struct {
	Workers int
	// Requests is how many are sent in all, or 0 for as many as there is time
	// for.
	Requests int64
	// Duration is when no more are sent, or 0 for no such time.
	Duration time.Duration
}

// Run runs the load until it ends or ctx is done.
func (c Closed) Run(ctx context.Context, do Request) *Result {
	shares := make([]share, c.Workers)
	var sent atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	for w := range shares {
		s := &shares[w]
		s.latency = NewLatency()
		wg.Go(func() {
			for ctx.Err() == nil {
				start := time.Now()
				if c.Duration > 0 && start.Sub(begin) >= c.Duration || c.Requests > 0 && sent.Add(1) > c.Requests {
					return
				}
				err := do(ctx, w)
				s.add(time.Since(start), err)
			}
		})
	}
	wg.Wait()
	return total(shares, time.Since(begin))
}
