package experiment

import (
	"context"
	"path/filepath"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/plain"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// load compares making a prepared function resident with what wazero does for
// a module that it finds in its own cache.
func load() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "load-vs-wazero", Unit: figure.Fraction, Target: 1.0 / 4}},
		About:   "loading a prepared function, against wazero's CompileModule from its cache",
		run: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			wasm, err := lab.prepare(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			var ours, theirs sample.Series
			dir := filepath.Join(lab.dir, "wazero")
			if err := compilePlain(ctx, dir, wasm, new(sample.Series)); err != nil { // fills the cache
				return nil, err
			}
			err = sample.Interleave(ctx, 12,
				func() error {
					return lab.withRunner(ctx, runner.NewConfig().WithCacheDir(lab.cache()), func(r *runner.Runner) error {
						return ours.Time(func() error {
							_, err := r.Load(ctx, runner.NewFunctionConfig("prepare"), wasm)
							return err
						})
					})
				},
				func() error { return compilePlain(ctx, dir, wasm, &theirs) },
			)
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: ours.Median() / theirs.Median(),
				Facts: []figure.Fact{
					{Name: "Load, p50", Unit: figure.Milliseconds, Value: ours.Median()},
					{Name: "CompileModule from cache, p50", Unit: figure.Milliseconds, Value: theirs.Median()},
				},
			}}, nil
		},
	}
}

// compilePlain times CompileModule in a runtime that has not seen the module.
func compilePlain(ctx context.Context, dir string, wasm []byte, s *sample.Series) error {
	host, err := plain.NewHost(ctx, dir)
	if err != nil {
		return err
	}
	err = s.Time(func() error {
		_, err := host.Compile(ctx, wasm)
		return err
	})
	if cerr := host.Close(ctx); err == nil {
		err = cerr
	}
	return err
}
