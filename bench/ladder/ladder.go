// Package ladder measures, in this process, what an invocation of a function
// costs at each temperature:
//
//	deploy        never seen: compile, boot, freeze, call
//	restart       prepared on disk, a new runner: load, call
//	cold code     the function is loaded, its code was evicted from memory
//	new instance  the code is in memory, no instance is
//	isolated      a fresh sandbox for every request, from an instance at hand
//	warm          an idle instance is there and used again
//
// Every step is timed from the call until the answer is there.
package ladder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/bench/load"
	"github.com/wafer-run/wafer/runner"
)

// Temperature is one step.
type Temperature string

// The temperatures, coldest first.
const (
	Deploy      Temperature = "deploy"
	Restart     Temperature = "restart"
	ColdCode    Temperature = "cold code"
	NewInstance Temperature = "new instance"
	Isolated    Temperature = "isolated"
	Warm        Temperature = "warm"
)

// Temperatures returns all of them, coldest first.
func Temperatures() []Temperature {
	return []Temperature{Deploy, Restart, ColdCode, NewInstance, Isolated, Warm}
}

// Options say what is measured.
type Options struct {
	Wasm   []byte
	Config runner.FunctionConfig // isolation and the number of invocations per instance are set as steps need it
	// Call sends one request and checks the answer. nil sends an empty event.
	Call func(context.Context, *runner.Function) error
	// Dir is for compiled code, some 100 MB. It is left behind.
	Dir string
	// Rounds is how often the costly steps are taken; the cheap ones are taken
	// a hundred times that. Default 5.
	Rounds int
	// StepTime is how long a temperature is measured at most, unless it was
	// not yet taken three times: a function with a slow initializer would take
	// minutes. Default 10 s.
	StepTime time.Duration
	// Progress is told which step begins, if set.
	Progress func(Temperature)
}

// Step is what one temperature came to.
type Step struct {
	Temperature Temperature
	Latency     *load.Latency
	Times       []time.Duration // the same in the order they were measured
	// Note says why there is nothing, or what to know about it.
	Note string
}

// Measure measures every temperature.
//
// # Errors
//
// That the function cannot be loaded, or that a call failed.
func Measure(ctx context.Context, o Options) ([]Step, error) {
	if o.Call == nil {
		o.Call = func(ctx context.Context, f *runner.Function) error {
			_, err := f.Invoke(ctx, runner.Event{})
			return err
		}
	}
	if o.Rounds <= 0 {
		o.Rounds = 5
	}
	if o.StepTime <= 0 {
		o.StepTime = 10 * time.Second
	}
	m := &measurement{Options: o, cache: filepath.Join(o.Dir, "prepared")}
	var steps []Step
	for _, s := range []struct {
		t   Temperature
		run func(context.Context, *Step) error
	}{
		{Deploy, m.deploy}, {Restart, m.restart}, {ColdCode, m.coldCode},
		{NewInstance, m.newInstance}, {Isolated, m.isolated}, {Warm, m.warm},
	} {
		if o.Progress != nil {
			o.Progress(s.t)
		}
		step := Step{Temperature: s.t, Latency: load.NewLatency()}
		if err := s.run(ctx, &step); err != nil {
			return nil, fmt.Errorf("measuring %s: %w", s.t, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

type measurement struct {
	Options
	cache string
}

// minTimes is how often a step is taken, however long it takes.
const minTimes = 3

// repeat takes a step n times, after some that are not counted, until its time
// is up.
func (m *measurement) repeat(ctx context.Context, s *Step, uncounted, n int, take func(*Step) error) error {
	start := time.Now()
	for i := range uncounted + n {
		late := time.Since(start) > m.StepTime
		if late && s.Latency.Count() >= minTimes {
			break
		}
		step := s
		if i < uncounted && !late {
			step = &Step{Latency: load.NewLatency()}
		}
		if err := errors.Join(ctx.Err(), take(step)); err != nil {
			return err
		}
	}
	return nil
}

// time times one call and what has to happen before it.
func (s *Step) time(f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return err
	}
	took := time.Since(start)
	s.Latency.Add(took)
	s.Times = append(s.Times, took)
	return nil
}

// first loads the function into a new runner and calls it. Both are timed.
func (m *measurement) first(ctx context.Context, s *Step, dir string) error {
	var r *runner.Runner
	err := s.time(func() error {
		var err error
		if r, err = runner.New(ctx, runner.NewConfig().WithCacheDir(dir)); err != nil {
			return err
		}
		f, err := r.Load(ctx, m.Config, m.Wasm)
		if err != nil {
			return err
		}
		return m.Call(ctx, f)
	})
	if r != nil {
		err = errors.Join(err, r.Close(context.WithoutCancel(ctx)))
	}
	return err
}

func (m *measurement) deploy(ctx context.Context, s *Step) error {
	dir := filepath.Join(m.Dir, "deploy")
	return m.repeat(ctx, s, 0, max(1, m.Rounds/5), func(s *Step) error {
		if err := m.first(ctx, s, dir); err != nil {
			return err
		}
		return os.RemoveAll(dir)
	})
}

func (m *measurement) restart(ctx context.Context, s *Step) error {
	s.Note = "in the same process; a new one takes some milliseconds more to start"
	if err := m.first(ctx, &Step{Latency: load.NewLatency()}, m.cache); err != nil { // prepares
		return err
	}
	return m.repeat(ctx, s, 0, m.Rounds, func(s *Step) error { return m.first(ctx, s, m.cache) })
}

// with hands a loaded function to do.
func (m *measurement) with(ctx context.Context, rc runner.Config, fc runner.FunctionConfig, do func(*runner.Runner, *runner.Function) error) (err error) {
	r, err := runner.New(ctx, rc.WithCacheDir(m.cache))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
	f, err := r.Load(ctx, fc, m.Wasm)
	if err != nil {
		return err
	}
	return do(r, f)
}

// errStays ends a step that cannot be measured.
var errStays = errors.New("the code stays in memory")

// coldCode drops code with the last instance, and instances after a call.
func (m *measurement) coldCode(ctx context.Context, s *Step) error {
	return m.with(ctx, runner.NewConfig().WithCodeBudget(-1), m.Config.WithMaxInvocations(1), func(r *runner.Runner, f *runner.Function) error {
		err := m.repeat(ctx, s, 0, 4*m.Rounds, func(s *Step) error {
			if err := idle(ctx, f); err != nil {
				return err
			}
			before := r.Stats().CodeLoads
			if err := s.time(func() error { return m.Call(ctx, f) }); err != nil {
				return err
			}
			if r.Stats().CodeLoads == before {
				return errStays
			}
			return nil
		})
		if errors.Is(err, errStays) {
			s.Note, s.Latency, s.Times = "this code stays in memory", load.NewLatency(), nil
			return nil
		}
		return err
	})
}

func (m *measurement) newInstance(ctx context.Context, s *Step) error {
	return m.with(ctx, runner.NewConfig(), m.Config.WithMaxInvocations(1), func(_ *runner.Runner, f *runner.Function) error {
		// the first ones find out what instances touch
		return m.repeat(ctx, s, 5, 20*m.Rounds, func(s *Step) error {
			if err := idle(ctx, f); err != nil {
				return err
			}
			return s.time(func() error { return m.Call(ctx, f) })
		})
	})
}

func (m *measurement) isolated(ctx context.Context, s *Step) error {
	return m.again(ctx, s, m.Config.WithIsolation(runner.IsolationRequest))
}

func (m *measurement) warm(ctx context.Context, s *Step) error {
	return m.again(ctx, s, m.Config.WithIsolation(runner.IsolationInstance))
}

// again calls a function whose instance is there.
func (m *measurement) again(ctx context.Context, s *Step, cfg runner.FunctionConfig) error {
	return m.with(ctx, runner.NewConfig(), cfg, func(_ *runner.Runner, f *runner.Function) error {
		return m.repeat(ctx, s, 10*m.Rounds, 100*m.Rounds, func(s *Step) error {
			return s.time(func() error { return m.Call(ctx, f) })
		})
	})
}

// idle waits until the function has no instance.
func idle(ctx context.Context, f *runner.Function) error {
	for f.Stats().Live > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(20 * time.Microsecond)
	}
	return nil
}
