package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// open finds out how many requests the first contender can answer, and then
// sends every contender shares of that as an open load.
func open(ctx context.Context, s *Suite) (err error) {
	w := workload.Hello()
	sides, stop, err := s.start(ctx, "open", w, s.Contenders)
	if err != nil || len(sides) == 0 {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	slice := s.span(500*time.Millisecond, 3*time.Second)
	able := map[*side]float64{} // requests per second
	for _, c := range sides {
		load.Closed{Workers: 16, Duration: slice / 2}.Run(ctx, c.end.Do) // warms up
		able[c] = load.Closed{Workers: 16, Duration: slice}.Run(ctx, c.end.Do).Rate()
	}
	most := able[sides[0]]
	for _, share := range pick(s, []float64{0.5}, []float64{0.2, 0.5, 0.8}) {
		rate := share * most
		s.Progress("open: %.0f requests per second, %.0f %% of what %s can do", rate, 100*share, sides[0].Label)
		for _, c := range sides {
			if able[c] < rate { // its queue would only grow
				note := fmt.Sprintf("does %.0f requests per second, less than the %.0f", able[c], rate)
				if err := s.Out.Add(record.Line{Scenario: "open", Contender: c.Name, Workload: w.Name, X: share, Note: note}); err != nil {
					return err
				}
				continue
			}
			var r *load.Result
			others, err := watch(func() error {
				r = load.Open{Rate: rate, Duration: slice, Workers: 256, Seed: 1}.Run(ctx, c.end.Do)
				return r.Err
			}, pids(sides)...)
			if err != nil {
				return fmt.Errorf("scenario: %s: %w", c.Label, err)
			}
			if err := s.Out.Add(record.Line{
				Scenario: "open", Contender: c.Name, Workload: w.Name, X: share, Points: r.Latency.Points(), Others: others,
				Values: map[string]float64{
					"offered": rate, "rate": r.Rate(), "p50": float64(r.Latency.Quantile(0.5)), "p90": float64(r.Latency.Quantile(0.9)),
					"p99": float64(r.Latency.Quantile(0.99)), "p99.9": float64(r.Latency.Quantile(0.999)),
				},
			}); err != nil {
				return err
			}
			if err := settle(ctx, 50*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}
