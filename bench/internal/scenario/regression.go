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

// Tolerance is how much worse than the base a ratio may be, beyond its own
// noise.
const Tolerance = 0.05

// Verdict is one ratio of a comparison of two revisions: more than 1 is worse
// than the base.
type Verdict struct {
	What  string
	Ratio sample.Ratio
	// Note says why there is no ratio.
	Note string
}

// Worse reports a regression: that the ratio is over the tolerance with a
// confidence of 95 %.
func (v Verdict) Worse() bool { return v.Note == "" && v.Ratio.Low > 1+Tolerance }

// trial compares one thing of two revisions of wafer.
type trial struct {
	what string
	run  func(ctx context.Context, s *Suite, base *contender.Workshop) (sample.Ratio, error)
}

// trials are the main ratios: latencies at every temperature, throughput and
// memory.
func trials() []trial {
	wafer, isolated := contender.Wafer(), contender.WaferIsolated()
	return []trial{
		{"warm, hello", latency(wafer, "hello")},
		{"warm, transform", latency(wafer, "transform")},
		{"warm, web", latency(wafer, "web")},
		{"isolated, hello", latency(isolated, "hello")},
		{"16 at a time, hello", requestTime},
		{"restart, hello", firstAnswer},
		{"new instance, hello", inProcess("New")},
		{"cold code, hello", inProcess("Cold")},
		{"memory, warm", warmMemory},
		{"memory, resting instance", restingMemory},
	}
}

// Compare measures the main ratios between two revisions of wafer, in turns.
// What the base cannot do has a verdict with a note.
func Compare(ctx context.Context, s *Suite, base *contender.Workshop) ([]Verdict, error) {
	var list []Verdict
	for _, t := range trials() {
		s.Progress("comparing: %s", t.what)
		r, err := t.run(ctx, s, base)
		v := Verdict{What: t.what, Ratio: r}
		var missing *contender.Unavailable
		switch {
		case errors.As(err, &missing):
			v.Note = firstLine(missing)
		case err != nil:
			return list, fmt.Errorf("scenario: comparing %s: %w", t.what, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// reading measures one side once.
type reading func() (float64, error)

// inTurns compares two sides that are measured in turns. The first readings, for
// which things warm up, are not counted.
func inTurns(ctx context.Context, rounds int, a, b reading) (sample.Ratio, error) {
	var of [2][]float64
	turn := func(i int, read reading) func() error {
		return func() error {
			v, err := read()
			of[i] = append(of[i], v)
			return err
		}
	}
	sides := []func() error{turn(0, a), turn(1, b)}
	for _, side := range sides {
		if err := side(); err != nil {
			return sample.Ratio{}, err
		}
	}
	of = [2][]float64{}
	err := sample.Interleave(ctx, rounds, sides...)
	return sample.Compare(of[0], of[1]), err
}

// Ratio compares the median latencies of two sides that are put under load in
// turns.
func Ratio(ctx context.Context, rounds int, slice time.Duration, a, b load.Request) (sample.Ratio, error) {
	read := func(do load.Request) reading {
		return func() (float64, error) {
			r := load.Closed{Workers: 1, Duration: slice}.Run(ctx, do)
			return float64(r.Latency.Quantile(0.5)), r.Err
		}
	}
	return inTurns(ctx, rounds, read(a), read(b))
}

// both starts a contender of two revisions, and hands them to do.
func (s *Suite) both(ctx context.Context, w *workload.Workload, c *contender.Contender, base *contender.Workshop, do func(head, old *contender.Endpoint) error) (err error) {
	head, err := c.Start(ctx, s.Shop, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, head.Close()) }()
	old, err := c.Start(ctx, base, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	return do(head, old)
}

// latency compares median latencies, one request at a time.
func latency(c *contender.Contender, work string) func(context.Context, *Suite, *contender.Workshop) (sample.Ratio, error) {
	return func(ctx context.Context, s *Suite, base *contender.Workshop) (r sample.Ratio, err error) {
		err = s.both(ctx, workload.Named(work), c, base, func(head, old *contender.Endpoint) error {
			slice := pick(s, 200*time.Millisecond, 400*time.Millisecond)
			r, err = Ratio(ctx, pick(s, 10, 30), slice, head.Do, old.Do)
			return err
		})
		return r, err
	}
}

// requestTime compares throughput, as the time that each request takes of it.
func requestTime(ctx context.Context, s *Suite, base *contender.Workshop) (r sample.Ratio, err error) {
	read := func(e *contender.Endpoint) reading {
		return func() (float64, error) {
			res := load.Closed{Workers: 16, Duration: pick(s, 200*time.Millisecond, 400*time.Millisecond)}.Run(ctx, e.Do)
			return 1 / res.Rate(), res.Err
		}
	}
	err = s.both(ctx, workload.Hello(), contender.Wafer(), base, func(head, old *contender.Endpoint) error {
		r, err = inTurns(ctx, pick(s, 10, 30), read(head), read(old))
		return err
	})
	return r, err
}

// firstAnswer compares the times from the start of a process, with everything on
// disk, to its first answer.
func firstAnswer(ctx context.Context, s *Suite, base *contender.Workshop) (sample.Ratio, error) {
	read := func(shop *contender.Workshop) reading {
		return func() (float64, error) {
			e, err := contender.Wafer().Start(ctx, shop, workload.Hello())
			if err != nil {
				return 0, err
			}
			return float64(e.First), e.Close()
		}
	}
	return inTurns(ctx, pick(s, 6, 20), read(s.Shop), read(base))
}
