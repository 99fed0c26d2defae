package scenario

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/bench/load"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// nativeTemperatures measures the temperatures that a native process has as
// well, in turns with wafer's: a new instance, from the start of its process to
// the answer, and a warm one. The lines hold the ratios to wafer's; they are
// none where native processes are not asked for.
func (s *Suite) nativeTemperatures(ctx context.Context, w *workload.Workload, wasm []byte) (map[ladder.Temperature]record.Line, error) {
	if !s.takes(contender.NativeName) {
		return nil, nil
	}
	program, err := s.Shop.Native(ctx, w)
	if err != nil {
		return nil, err
	}
	cache, err := s.Shop.Cache(ctx, w)
	if err != nil {
		return nil, err
	}
	s.Progress("temperatures: %s, native behind wafer", w.Name)
	lines := map[ladder.Temperature]record.Line{}
	for _, t := range []ladder.Temperature{ladder.NewInstance, ladder.Warm} {
		d := &duel{work: w, all: load.NewLatency()}
		others, err := watch(func() error {
			return d.run(ctx, t, wasm, cache, program, s.rounds(10, 20), s.span(2*time.Second, 5*time.Second))
		})
		if err != nil {
			return nil, err
		}
		lines[t] = d.line(t, others)
	}
	return lines, nil
}

// takes reports whether a contender is to be measured.
func (s *Suite) takes(name string) bool {
	return slices.ContainsFunc(s.Contenders, func(c *contender.Contender) bool { return c.Name == name })
}

// duel is a temperature of a sandbox and of a native process, in turns.
type duel struct {
	work *workload.Workload
	all  *load.Latency // of the native process

	sandbox, process []float64 // medians of rounds, in nanoseconds
}

// slice is how long a side is called in a round, and at least once.
const slice = 50 * time.Millisecond

// errEnough ends a duel before its rounds are over.
var errEnough = errors.New("scenario: the time is up")

// run takes so many rounds, or those that begin in time and at least three.
func (d *duel) run(ctx context.Context, t ladder.Temperature, wasm []byte, cache, program string, rounds int, limit time.Duration) (err error) {
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(cache))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
	rt, err := native.New(native.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rt.Close(context.WithoutCancel(ctx))) }()
	sandbox, process, err := d.sides(ctx, t, r, rt, wasm, native.Program{Dir: filepath.Dir(program), Command: []string{"./" + filepath.Base(program)}})
	if err != nil {
		return err
	}
	for _, turn := range []turn{sandbox, process} { // finds out what it takes, and is not counted
		if err := turn(load.NewLatency()); err != nil {
			return err
		}
	}
	begin := time.Now()
	round := func(turn turn, into *[]float64, all *load.Latency) func() error {
		return func() error {
			if n := len(d.process); n >= 3 && n == len(d.sandbox) && time.Since(begin) > limit {
				return errEnough
			}
			l := load.NewLatency()
			if err := turn(l); err != nil {
				return err
			}
			*into = append(*into, float64(l.Quantile(0.5)))
			if all != nil {
				all.Merge(l)
			}
			return nil
		}
	}
	err = sample.Interleave(ctx, rounds, round(sandbox, &d.sandbox, nil), round(process, &d.process, d.all))
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// turn adds the latencies of one round.
type turn func(*load.Latency) error

// sides returns what the two do in a round.
func (d *duel) sides(ctx context.Context, t ladder.Temperature, r *runner.Runner, rt *native.Runtime, wasm []byte, p native.Program) (sandbox, process turn, err error) {
	cfg := runner.NewFunctionConfig(d.work.Name)
	if t == ladder.Warm {
		f, err := r.Load(ctx, cfg, wasm)
		if err != nil {
			return nil, nil, err
		}
		g, err := rt.Load(ctx, cfg, p)
		if err != nil {
			return nil, nil, err
		}
		return d.again(ctx, f), d.again(ctx, g), nil
	}
	f, err := r.Load(ctx, cfg.WithMaxInvocations(1), wasm)
	if err != nil {
		return nil, nil, err
	}
	sandbox = func(l *load.Latency) error {
		for begin := time.Now(); l.Count() == 0 || l.Count() < 3 && time.Since(begin) < slice; {
			for f.Stats().Live > 0 { // the one before is being destroyed
				if err := ctx.Err(); err != nil {
					return err
				}
				time.Sleep(20 * time.Microsecond)
			}
			if err := d.once(ctx, f, l); err != nil {
				return err
			}
		}
		return nil
	}
	process = func(l *load.Latency) (err error) {
		g, err := rt.Load(ctx, cfg, p) // starts nothing yet
		if err != nil {
			return err
		}
		// Its end takes no part: its caller does not wait for it.
		defer func() { err = errors.Join(err, g.Close(context.WithoutCancel(ctx))) }()
		return d.once(ctx, g, l)
	}
	return sandbox, process, nil
}

// once times one call.
func (d *duel) once(ctx context.Context, f function, l *load.Latency) error {
	start := time.Now()
	if err := call(ctx, f, d.work); err != nil {
		return err
	}
	l.Add(time.Since(start))
	return nil
}

// again calls an instance for a while.
func (d *duel) again(ctx context.Context, f function) turn {
	const most = 50
	return func(l *load.Latency) error {
		for begin := time.Now(); l.Count() < most && (l.Count() == 0 || time.Since(begin) < slice); {
			if err := d.once(ctx, f, l); err != nil {
				return err
			}
		}
		return nil
	}
}

// line is what the native process came to.
func (d *duel) line(t ladder.Temperature, others float64) record.Line {
	return record.Line{
		Scenario: "temperatures", Contender: contender.NativeAt(string(t)), Workload: d.work.Name, Rounds: len(d.process), Others: others,
		Points: d.all.Points(), Series: map[string][]float64{"p50": d.process},
		Values: map[string]float64{
			"p50": float64(d.all.Quantile(0.5)), "p90": float64(d.all.Quantile(0.9)), "p99": float64(d.all.Quantile(0.99)),
		},
		Base: string(t), Ratios: map[string]sample.Ratio{"p50": sample.Compare(d.process, d.sandbox)},
	}
}
