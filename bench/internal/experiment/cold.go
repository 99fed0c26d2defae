package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/native"
	"github.com/wafer-run/wafer/bench/internal/plain"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// coldStart compares a new instance and its first invocation with starting the
// same handler as a process, and on wazero as it comes.
func coldStart() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "cold-vs-native", Title: "new instance and first answer, against a native process", Unit: figure.Fraction, Target: 1.0 / 30},
			{Name: "cold-vs-wazero", Title: "the same, against plain wazero", Unit: figure.Fraction, Target: 1.0 / 25},
		},
		About: "new instances and their first invocation, against a native process and plain wazero",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			m, err := measureCold(ctx, lab, 50)
			if err != nil {
				return nil, err
			}
			facts := []figure.Fact{
				{Name: "new instance and first invocation, p50", Unit: figure.Microseconds, Value: m.ours.Median()},
				{Name: "new instance and first invocation, p99", Unit: figure.Microseconds, Value: m.ours.Quantile(0.99)},
				{Name: "a warm invocation in its place, p50", Unit: figure.Microseconds, Value: m.warm.Median()},
				{Name: "native process to first response, p50", Unit: figure.Microseconds, Value: m.native.Median()},
				{Name: "plain wazero, p50", Unit: figure.Microseconds, Value: m.plain.Median()},
			}
			return []Outcome{
				{Value: m.ours.Median() / m.native.Median(), Facts: facts},
				{Value: m.ours.Median() / m.plain.Median(), Facts: facts},
			}, nil
		},
	}
}

// coldSeries has warm invocations as well, in the place of new instances: what
// these wait for that is not theirs, but comes of other processes having had the
// processors and their caches.
type coldSeries struct{ ours, warm, native, plain sample.Series }

func measureCold(ctx context.Context, lab *Lab, rounds int) (*coldSeries, error) {
	wasm, err := lab.prepare(ctx, helloDir)
	if err != nil {
		return nil, err
	}
	program, err := lab.tools.Native(ctx, "bench/testdata/native")
	if err != nil {
		return nil, err
	}
	host, err := plain.NewHost(ctx, filepath.Join(lab.dir, "wazero"))
	if err != nil {
		return nil, err
	}
	defer host.Close(ctx)
	module, err := host.Compile(ctx, wasm)
	if err != nil {
		return nil, err
	}
	m := &coldSeries{}
	process := func() error {
		took, err := (native.Process{Path: program}).FirstResponse(ctx, helloEvent, helloAnswer)
		m.native.Add(took)
		return err
	}
	plainly := func() error { return plainInstance(ctx, module, &m.plain) }
	return m, lab.withRunner(ctx, runner.NewConfig().WithCacheDir(lab.cache()), func(r *runner.Runner) error {
		cold, err := r.Load(ctx, runner.NewFunctionConfig("cold").WithMaxInvocations(1), wasm)
		if err != nil {
			return err
		}
		warm, err := r.Load(ctx, runner.NewFunctionConfig("warm"), wasm)
		if err != nil {
			return err
		}
		ours := sample.Repeat(3, func() error { return newInstance(ctx, cold, &m.ours) })
		again := sample.Repeat(3, func() error {
			return m.warm.Time(func() error {
				_, err := hello(ctx, warm)
				return err
			})
		})
		return sample.Interleave(ctx, rounds, process, ours, plainly, ours, process, again, plainly, again)
	})
}

// newInstance times an invocation that has to make its instance. f's instances
// last for one invocation.
func newInstance(ctx context.Context, f *runner.Function, s *sample.Series) error {
	for f.Stats().Live > 0 { // the one before is being destroyed
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(20 * time.Microsecond)
	}
	var res *runner.Result
	if err := s.Time(func() (err error) {
		res, err = f.Invoke(ctx, runner.Event{Payload: helloEvent})
		return err
	}); err != nil {
		return err
	}
	if !res.Usage.ColdStart {
		return errors.New("experiment: the instance was not new")
	}
	if !bytes.Equal(res.Payload, helloAnswer) {
		return fmt.Errorf("experiment: the answer is %q, want %q", res.Payload, helloAnswer)
	}
	return nil
}

// plainInstance times a new instance on wazero as it comes.
func plainInstance(ctx context.Context, m *plain.Module, s *sample.Series) error {
	var in *plain.Instance
	var answer []byte
	if err := s.Time(func() (err error) {
		if in, err = m.Start(ctx); err != nil {
			return err
		}
		answer, err = in.Invoke(helloEvent)
		return err
	}); err != nil {
		return err
	}
	if !bytes.Equal(answer, helloAnswer) {
		return fmt.Errorf("experiment: plain wazero answers %q, want %q", answer, helloAnswer)
	}
	return in.Close()
}
