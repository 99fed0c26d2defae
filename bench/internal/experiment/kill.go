package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// kill measures how long after its deadline an invocation ends that does not
// end by itself, on a machine that has no processor to spare.
func kill() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "kill", Title: "deadline to error while guests spin on all processors, p99", Unit: figure.Milliseconds, Target: 0.005}},
		About:   "from the deadline of a spinning guest to the error, with all processors spinning",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			var late sample.Series
			err := withSpinners(ctx, lab, func(ctx context.Context, f *runner.Function) error {
				return sample.Interleave(ctx, 500, func() error {
					deadline := time.Now().Add(8 * time.Millisecond)
					_, err := f.Invoke(ctx, spin(runner.Event{Deadline: deadline}))
					now := time.Now()
					if !errors.Is(err, context.DeadlineExceeded) {
						return fmt.Errorf("experiment: a spinning guest ended, but not at its deadline: %w", err)
					}
					late.Add(now.Sub(deadline))
					return nil
				})
			})
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: late.Quantile(0.99),
				Facts: []figure.Fact{
					{Name: "p50", Unit: figure.Milliseconds, Value: late.Median()},
					{Name: "longest of 500", Unit: figure.Milliseconds, Value: late.Quantile(1)},
				},
			}}, nil
		},
	}
}
