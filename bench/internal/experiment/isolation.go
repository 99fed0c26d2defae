package experiment

import (
	"context"
	"errors"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// requestIsolation compares invocations that start from the snapshot each with
// those that share an instance.
func requestIsolation() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "request-isolation", Title: "a fresh sandbox for every request, against a warm call", Unit: figure.Factor, Target: 1.3}},
		About:   "isolation per request against warm invocations",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			wasm, err := lab.prepare(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			var warm, reset sample.Series
			err = lab.withRunner(ctx, runner.NewConfig().WithCacheDir(lab.cache()), func(r *runner.Runner) error {
				a, err := r.Load(ctx, runner.NewFunctionConfig("hello"), wasm)
				if err != nil {
					return err
				}
				b, err := r.Load(ctx, runner.NewFunctionConfig("hello").WithIsolation(runner.IsolationRequest), wasm)
				if err != nil {
					return err
				}
				return measureWarm(ctx, a, b, &warm, &reset)
			})
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: reset.Median() / warm.Median(),
				Facts: []figure.Fact{
					{Name: "isolation per request, p50", Unit: figure.Microseconds, Value: reset.Median()},
					{Name: "isolation per request, p99", Unit: figure.Microseconds, Value: reset.Quantile(0.99)},
					{Name: "warm, p50", Unit: figure.Microseconds, Value: warm.Median()},
					{Name: "warm, p99", Unit: figure.Microseconds, Value: warm.Quantile(0.99)},
				},
			}}, nil
		},
	}
}

// measureWarm invokes two functions that have an instance each, in turns.
func measureWarm(ctx context.Context, a, b *runner.Function, sa, sb *sample.Series) error {
	side := func(f *runner.Function, s *sample.Series) func() error {
		return sample.Repeat(10, func() error {
			var res *runner.Result
			err := s.Time(func() (err error) {
				res, err = hello(ctx, f)
				return err
			})
			if err == nil && res.Usage.ColdStart {
				return errors.New("experiment: the instance was new")
			}
			return err
		})
	}
	for _, f := range []*runner.Function{a, b} {
		for range 200 {
			if _, err := hello(ctx, f); err != nil {
				return err
			}
		}
	}
	return sample.Interleave(ctx, 400, side(a, sa), side(b, sb))
}
