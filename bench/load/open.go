package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Open is a load that comes when it comes.
type Open struct {
	// Rate is how many requests come per second, on average.
	Rate float64
	// Duration is for how long they come.
	Duration time.Duration
	// Workers is how many may be under way at once. Those that are due while
	// all are busy wait, and their waiting counts.
	Workers int
	// Seed makes the same arrivals each time.
	Seed uint64
}

// Run runs the load until every request was answered or ctx is done. Arrivals
// are Poisson's: independent of each other.
func (o Open) Run(ctx context.Context, do Request) *Result {
	shares := make([]share, o.Workers)
	due := make(chan time.Time, int(o.Rate*o.Duration.Seconds())+1024) // never in the way
	var wg sync.WaitGroup
	begin := time.Now()
	for w := range shares {
		s := &shares[w]
		s.latency = NewLatency()
		wg.Go(func() {
			for at := range due {
				if ctx.Err() != nil {
					return
				}
				err := do(ctx, w)
				s.add(time.Since(at), err)
			}
		})
	}
	o.arrive(ctx, begin, due)
	close(due)
	wg.Wait()
	return total(shares, time.Since(begin))
}

// arrive sends the time of each arrival when it has come.
func (o Open) arrive(ctx context.Context, begin time.Time, due chan<- time.Time) {
	if o.Rate <= 0 {
		return
	}
	random := rand.New(rand.NewPCG(o.Seed, 1))
	for at := time.Duration(0); ; {
		at += time.Duration(random.ExpFloat64() / o.Rate * float64(time.Second))
		if at >= o.Duration {
			return
		}
		if !sleepUntil(ctx, begin.Add(at)) {
			return
		}
		select {
		case due <- begin.Add(at):
		case <-ctx.Done():
			return
		}
	}
}

// sleepUntil sleeps until then, or returns false when ctx is done.
func sleepUntil(ctx context.Context, then time.Time) bool {
	d := time.Until(then)
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
