package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

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
			{Name: "cold-after-native", Title: "new instance and first answer right after a native process, against that process", Unit: figure.Fraction, Aim: figure.None},
			{Name: "cold-vs-wazero", Title: "new instance and first answer, against plain wazero", Unit: figure.Fraction, Target: 1.0 / 25},
		},
		About: "new instances and their first invocation, against a native process and plain wazero",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			m, err := measureCold(ctx, lab, 16)
			if err != nil {
				return nil, err
			}
			ours := []figure.Fact{
				{Name: "new instance and first invocation, p50", Unit: figure.Microseconds, Value: m.ours.Median()},
				{Name: "new instance and first invocation, p99", Unit: figure.Microseconds, Value: m.ours.Quantile(0.99)},
			}
			native := figure.Fact{Name: "native process to first response, p50", Unit: figure.Microseconds, Value: m.native.Median()}
			wazero := figure.Fact{Name: "plain wazero, p50", Unit: figure.Microseconds, Value: m.plain.Median()}
			return []Outcome{
				{Value: m.ours.Median() / m.native.Median(), Facts: append(ours[:2:2], native)},
				{Value: m.after.Median() / m.before.Median(), Facts: []figure.Fact{
					{Name: "new instance and first invocation there, p50", Unit: figure.Microseconds, Value: m.after.Median()},
					{Name: "a warm invocation there, p50", Unit: figure.Microseconds, Value: m.warm.Median()},
					{Name: "the process before, p50", Unit: figure.Microseconds, Value: m.before.Median()},
				}},
				{Value: m.ours.Median() / m.plain.Median(), Facts: append(ours[:2:2], wazero)},
			}, nil
		},
	}
}

// coldSeries is measured in turns of each, and then one by one: a new instance
// after a process, which leaves the processor's caches to whatever comes next.
// Warm invocations are in the same place, to tell what is not the new instance's.
type coldSeries struct {
	ours, native, plain sample.Series
	before, after, warm sample.Series
}

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
	process := func(s *sample.Series) func() error {
		return func() error {
			took, err := (native.Process{Path: program}).FirstResponse(ctx, helloEvent, helloAnswer)
			s.Add(took)
			return err
		}
	}
	const turn = 10
	return m, lab.withRunner(ctx, runner.NewConfig().WithCacheDir(lab.cache()), func(r *runner.Runner) error {
		cold, err := r.Load(ctx, runner.NewFunctionConfig("cold").WithMaxInvocations(1), wasm)
		if err != nil {
			return err
		}
		warm, err := r.Load(ctx, runner.NewFunctionConfig("warm"), wasm)
		if err != nil {
			return err
		}
		fresh := func(s *sample.Series) func() error {
			return func() error { return newInstance(ctx, cold, s) }
		}
		again := func() error {
			return m.warm.Time(func() error {
				_, err := hello(ctx, warm)
				return err
			})
		}
		if err := sample.Interleave(ctx, rounds,
			sample.Repeat(turn, process(&m.native)),
			sample.Repeat(turn, fresh(&m.ours)),
			sample.Repeat(turn, func() error { return plainInstance(ctx, module, &m.plain) }),
			sample.Repeat(turn, fresh(&m.ours)),
		); err != nil {
			return err
		}
		// Always in this order: a process goes before each of the others.
		return sample.Interleave(ctx, rounds*turn/2, func() error {
			for _, f := range []func() error{process(&m.before), fresh(&m.after), process(&m.before), again} {
				if err := f(); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// newInstance times an invocation that has to make its instance. f's instances
// last for one invocation.
func newInstance(ctx context.Context, f *runner.Function, s *sample.Series) error {
	for f.Stats().Live > 0 { // the one before is being destroyed
		if err := ctx.Err(); err != nil {
			return err
		}
		runtime.Gosched() // not asleep, or the processor would be idle
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
