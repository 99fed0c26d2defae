package load_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wafer-run/wafer/bench/load"
)

func TestLatency(t *testing.T) {
	l := load.NewLatency()
	for i := 1; i <= 1000; i++ {
		l.Add(time.Duration(i) * time.Microsecond)
	}
	l.Add(2 * time.Hour) // beyond the range
	other := load.NewLatency()
	other.Add(0)
	l.Merge(other)
	if got := l.Count(); got != 1002 {
		t.Errorf("%d values, want 1002", got)
	}
	for _, tc := range []struct {
		q    float64
		want time.Duration
	}{{0.5, 500 * time.Microsecond}, {0.99, 991 * time.Microsecond}, {1, time.Minute}} {
		got := l.Quantile(tc.q)
		if off := float64(got-tc.want) / float64(tc.want); off > 0.003 || off < -0.003 {
			t.Errorf("quantile %v is %v, want %v", tc.q, got, tc.want)
		}
	}
	points := l.Points()
	for i := 1; i < len(points); i++ {
		if points[i].Value < points[i-1].Value || points[i].Quantile <= points[i-1].Quantile {
			t.Errorf("point %d is %v after %v", i, points[i], points[i-1])
		}
	}
}

func TestClosedCounts(t *testing.T) {
	var calls, most, now atomic.Int64
	r := load.Closed{Workers: 4, Requests: 1000}.Run(t.Context(), func(context.Context, int) error {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		if calls.Add(1)%10 == 0 {
			return errors.New("no")
		}
		return nil
	})
	if r.Latency.Count() != 900 || r.Failed != 100 || r.Err == nil || calls.Load() != 1000 {
		t.Errorf("%d answered, %d failed (%v), %d calls", r.Latency.Count(), r.Failed, r.Err, calls.Load())
	}
	if most.Load() > 4 {
		t.Errorf("%d at once, want at most 4", most.Load())
	}
}

// A subject that stands still for a while shows in an open load as what all
// requests that were due meanwhile have waited, and in a closed one as a
// single slow request.
func TestOpenCountsWaiting(t *testing.T) {
	const pause = 300 * time.Millisecond
	stall := func() load.Request {
		var once atomic.Bool
		return func(context.Context, int) error {
			if !once.Swap(true) {
				time.Sleep(pause)
			}
			return nil
		}
	}
	slow := func(r *load.Result) (n int64) {
		for _, p := range r.Latency.Points() {
			if p.Value < pause/10 {
				n = int64((1 - p.Quantile) * float64(r.Latency.Count()))
			}
		}
		return n
	}
	open := load.Open{Rate: 500, Duration: 600 * time.Millisecond, Workers: 1, Seed: 1}.Run(t.Context(), stall())
	closed := load.Closed{Workers: 1, Requests: open.Latency.Count()}.Run(t.Context(), stall())
	if n := slow(open); n < 50 {
		t.Errorf("%d of %d requests of the open load were slow, want most of the 150 that were due", n, open.Latency.Count())
	}
	if n := slow(closed); n > 5 {
		t.Errorf("%d of %d requests of the closed load were slow, want one", n, closed.Latency.Count())
	}
}

func TestOpenEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int64
	r := load.Open{Rate: 1000, Duration: time.Hour, Workers: 2}.Run(ctx, func(context.Context, int) error {
		if calls.Add(1) == 10 {
			cancel()
		}
		return nil
	})
	if n := r.Latency.Count(); n < 9 || n > 20 {
		t.Errorf("%d requests were answered, want about 10", n)
	}
}
