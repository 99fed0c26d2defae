package experiment

import (
	"context"
	"runtime"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// timer measures whether guests that never return leave the host alone: its
// timers, and its garbage collector, which has to stop them all.
func timer() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "timer", Title: "a timer of 1 ms while guests spin on all processors, p99", Unit: figure.Milliseconds, Target: 0.0025}},
		About:   "timers of 1 ms in the host, with all processors spinning",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			var took sample.Series
			err := withSpinners(ctx, lab, func(ctx context.Context, _ *runner.Function) error {
				var garbage [][]byte
				return sample.Interleave(ctx, 2000, func() error {
					start := time.Now()
					<-time.After(time.Millisecond)
					took.Add(time.Since(start))
					if garbage = append(garbage, make([]byte, 100_000)); len(garbage) > 20 {
						garbage = nil
						runtime.GC()
					}
					return nil
				})
			})
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: took.Quantile(0.99),
				Facts: []figure.Fact{
					{Name: "p50", Unit: figure.Milliseconds, Value: took.Median()},
					{Name: "longest of 2000", Unit: figure.Milliseconds, Value: took.Quantile(1)},
				},
			}}, nil
		},
	}
}
