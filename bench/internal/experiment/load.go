package experiment

import (
	"context"
	"fmt"
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
		Figures: []figure.Spec{{Name: "load-vs-wazero", Title: "loading code that is not in memory, against wazero's cache", Unit: figure.Fraction, Target: 1.0 / 4}},
		About:   "loading a prepared function, against wazero's CompileModule from its cache",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			wasm, err := lab.prepare(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			var ours, theirs sample.Series
			dir := filepath.Join(lab.dir, "wazero")
			if err := compilePlain(ctx, dir, wasm, new(sample.Series)); err != nil { // fills the cache
				return nil, err
			}
			// Nothing keeps the code when no instance uses it; so an invocation
			// has to load it, and then to make an instance as well.
			cfg := runner.NewConfig().WithCacheDir(lab.cache()).WithCodeBudget(-1)
			err = lab.withRunner(ctx, cfg, func(r *runner.Runner) error {
				f, err := r.Load(ctx, runner.NewFunctionConfig("hello").WithMaxInvocations(1), wasm)
				if err != nil {
					return err
				}
				return sample.Interleave(ctx, 25,
					func() error { return loadOnce(ctx, r, f, &ours) },
					func() error { return compilePlain(ctx, dir, wasm, &theirs) },
				)
			})
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: ours.Median() / theirs.Median(),
				Facts: []figure.Fact{
					{Name: "loading, new instance and first invocation, p50", Unit: figure.Milliseconds, Value: ours.Median()},
					{Name: "CompileModule from cache, p50", Unit: figure.Milliseconds, Value: theirs.Median()},
				},
			}}, nil
		},
	}
}

// loadOnce times an invocation of a function whose code is not resident.
func loadOnce(ctx context.Context, r *runner.Runner, f *runner.Function, s *sample.Series) error {
	before := r.Stats().CodeLoads
	if err := newInstance(ctx, f, s); err != nil {
		return err
	}
	if n := r.Stats().CodeLoads - before; n != 1 {
		return fmt.Errorf("experiment: code was loaded %d times, want once", n)
	}
	return nil
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
