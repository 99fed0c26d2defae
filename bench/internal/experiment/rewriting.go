package experiment

import (
	"context"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// rewriting compares the two parts of a first load.
func rewriting() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "rewrite", Title: "rewriting, against compiling", Unit: figure.Percent, Target: 0.05}},
		About:   "rewriting a module against compiling it",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			wasm, err := lab.function(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			var ratios, rewrite, compile []float64
			for range 3 {
				dir, err := lab.tempDir("compile")
				if err != nil {
					return nil, err
				}
				err = lab.withRunner(ctx, runner.NewConfig().WithCacheDir(dir), func(r *runner.Runner) error {
					f, err := r.Load(ctx, runner.NewFunctionConfig("hello"), wasm)
					if err != nil {
						return err
					}
					i := f.Inspect()
					rewrite = append(rewrite, i.Rewrite.Seconds())
					compile = append(compile, i.Compile.Seconds())
					ratios = append(ratios, i.Rewrite.Seconds()/i.Compile.Seconds())
					return nil
				})
				if err != nil {
					return nil, err
				}
			}
			return []Outcome{{
				Value: sample.Median(ratios),
				Facts: []figure.Fact{
					{Name: "rewriting, p50", Unit: figure.Milliseconds, Value: sample.Median(rewrite)},
					{Name: "compiling, p50", Unit: figure.Milliseconds, Value: sample.Median(compile)},
				},
			}}, nil
		},
	}
}
