package scenario

import (
	"context"
	"errors"
	"fmt"

	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// Tolerance is how much slower than the base a ratio may be, beyond its own
// noise.
const Tolerance = 0.05

// Verdict is one ratio of a comparison of two revisions: more than 1 is slower
// than the base.
type Verdict struct {
	What  string
	Ratio sample.Ratio
}

// Worse reports a regression: that the ratio is over the tolerance with a
// confidence of 95 %.
func (v Verdict) Worse() bool { return v.Ratio.Low > 1+Tolerance }

// Compare measures the main ratios between two revisions of wafer, in turns.
func Compare(ctx context.Context, s *Suite, base *contender.Workshop) ([]Verdict, error) {
	var list []Verdict
	for _, c := range []struct {
		what string
		work string
		of   *contender.Contender
	}{
		{"warm, hello", "hello", contender.Wafer()},
		{"warm, transform", "transform", contender.Wafer()},
		{"warm, web", "web", contender.Wafer()},
		{"isolated, hello", "hello", contender.WaferIsolated()},
	} {
		s.Progress("comparing: %s", c.what)
		r, err := s.pair(ctx, workload.Named(c.work), c.of, base)
		if err != nil {
			return list, fmt.Errorf("scenario: comparing %s: %w", c.what, err)
		}
		list = append(list, Verdict{c.what, r})
	}
	s.Progress("comparing: restart, hello")
	var head, old []float64
	once := func(shop *contender.Workshop, into *[]float64) func() error {
		return func() error {
			e, err := contender.Wafer().Start(ctx, shop, workload.Hello())
			if err != nil {
				return err
			}
			*into = append(*into, float64(e.First))
			return e.Close()
		}
	}
	if err := sample.Interleave(ctx, pick(s, 6, 20), once(s.Shop, &head), once(base, &old)); err != nil {
		return list, err
	}
	return append(list, Verdict{"restart, hello", sample.Compare(head, old)}), nil
}

// pair compares the median latencies of two revisions under the same work.
func (s *Suite) pair(ctx context.Context, w *workload.Workload, c *contender.Contender, base *contender.Workshop) (r sample.Ratio, err error) {
	head, err := c.Start(ctx, s.Shop, w)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, head.Close()) }()
	old, err := c.Start(ctx, base, w)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	slice := pick(s, 200*time.Millisecond, 400*time.Millisecond)
	return Ratio(ctx, pick(s, 10, 30), slice, head.Do, old.Do)
}

// Ratio compares the median latencies of two sides that are put under load in
// turns.
func Ratio(ctx context.Context, rounds int, slice time.Duration, a, b load.Request) (sample.Ratio, error) {
	var of [2][]float64
	turn := func(i int, do load.Request) func() error {
		return func() error {
			r := load.Closed{Workers: 1, Duration: slice}.Run(ctx, do)
			of[i] = append(of[i], float64(r.Latency.Quantile(0.5)))
			return r.Err
		}
	}
	for i, do := range []load.Request{a, b} { // warms up
		if err := turn(i, do)(); err != nil {
			return sample.Ratio{}, err
		}
	}
	of = [2][]float64{}
	err := sample.Interleave(ctx, rounds, turn(0, a), turn(1, b))
	return sample.Compare(of[0], of[1]), err
}
