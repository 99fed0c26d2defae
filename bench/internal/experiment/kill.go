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
// end by itself, on a machine that has no processor to spare: one that only
// computes, and one that has the host work for it, in calls that take a tenth
// of a second each.
func kill() Experiment {
	const title = "deadline to error while guests spin on all processors, p99"
	return Experiment{
		Figures: []figure.Spec{
			{Name: "kill", Title: title, Unit: figure.Milliseconds, Target: 0.005},
			{Name: "kill-in-host", Title: title + ", of one that asks the host for 64 MB of random bytes", Unit: figure.Milliseconds, Target: 0.005},
		},
		About: "from the deadline of a guest without end to the error, with all processors spinning",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			var computing, calling sample.Series
			err := withSpinners(ctx, lab, func(ctx context.Context, f *runner.Function) error {
				late := func(s *sample.Series, payload string) func() error {
					return func() error {
						deadline := time.Now().Add(8 * time.Millisecond)
						_, err := f.Invoke(ctx, runner.Event{Payload: []byte(payload), Deadline: deadline})
						now := time.Now()
						if !errors.Is(err, context.DeadlineExceeded) {
							return fmt.Errorf("experiment: a guest without end ended, but not at its deadline: %w", err)
						}
						s.Add(now.Sub(deadline))
						return nil
					}
				}
				return sample.Interleave(ctx, 500, late(&computing, endless), late(&calling, `{"random":64000000}`))
			})
			if err != nil {
				return nil, err
			}
			var outcomes []Outcome
			for _, late := range []*sample.Series{&computing, &calling} {
				outcomes = append(outcomes, Outcome{
					Value: late.Quantile(0.99),
					Facts: []figure.Fact{
						{Name: "p50", Unit: figure.Milliseconds, Value: late.Median()},
						{Name: "longest of 500", Unit: figure.Milliseconds, Value: late.Quantile(1)},
					},
				})
			}
			return outcomes, nil
		},
	}
}
