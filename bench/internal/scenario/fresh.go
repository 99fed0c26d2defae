package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

const (
	forgetTime = 20 * time.Millisecond // after which idle instances of this scenario end
	endTime    = 40 * time.Millisecond // which that may take
)

// fresh sends requests to wafer and to native processes behind it that find no
// instance, since the one before has been idle for too long, and some more that
// find it. One wafer drops the function's code with its instance. Two more keep
// their instances over the pause, because a machine that was idle takes a while by
// itself. All are over HTTP, the servers run.
func fresh(ctx context.Context, s *Suite) error {
	var list []*contender.Contender
	of := map[string]string{contender.EvictedName: "wafer", contender.KeptName: "wafer", contender.NativeKeptName: contender.NativeName}
	for _, c := range append(contender.Forgetting(forgetTime), contender.WaferKept(), contender.WaferNativeKept()) {
		if s.takes(cmp.Or(of[c.Name], c.Name)) {
			list = append(list, c)
		}
	}
	for _, w := range pick(s, []*workload.Workload{workload.Hello()}, []*workload.Workload{workload.Hello(), workload.Named("web")}) {
		if err := s.fresh(ctx, w, list); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) fresh(ctx context.Context, w *workload.Workload, list []*contender.Contender) (err error) {
	sides, stop, err := s.start(ctx, "fresh", w, list)
	if err != nil || len(sides) == 0 {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	rounds := s.rounds(8, 25)
	s.Progress("fresh: %s, %d rounds over %d contenders", w.Name, rounds, len(sides))
	var all []*forgetful
	var turns []func() error
	for _, c := range sides {
		f := &forgetful{side: c, drops: c.Name == contender.EvictedName, keeps: c.Name == contender.KeptName || c.Name == contender.NativeKeptName, fresh: load.NewLatency(), warm: load.NewLatency(), series: map[string][]float64{}}
		err := f.turn(ctx) // warms up
		if errors.Is(err, errUnseen) {
			if err := s.Out.Add(record.Line{Scenario: "fresh", Contender: c.Name, Workload: w.Name, Note: err.Error()}); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		f.fresh, f.warm, f.series = load.NewLatency(), load.NewLatency(), map[string][]float64{}
		all = append(all, f)
		turns = append(turns, func() error { return f.turn(ctx) })
	}
	others, err := watch(func() error { return sample.Interleave(ctx, rounds, turns...) }, pids(sides)...)
	if err != nil {
		return err
	}
	for _, f := range all {
		l := f.line(w, rounds, others)
		if base := all[0]; f != base {
			l.Base, l.Ratios = base.Name, map[string]sample.Ratio{}
			for name, series := range f.series {
				l.Ratios[name] = sample.Compare(series, base.series[name])
			}
		}
		if err := s.Out.Add(l); err != nil {
			return err
		}
	}
	return nil
}

// forgetful is a side whose instances end soon.
type forgetful struct {
	*side
	drops       bool   // its code with its instance
	keeps       bool   // its instance: it is not forgetful at all
	last        string // instance
	fresh, warm *load.Latency
	series      map[string][]float64
}

// turn waits until there is no instance, and times a request that gets a new one
// and some that follow at once. Where instances are kept it is the pause alone.
func (f *forgetful) turn(ctx context.Context) error {
	const tries, following = 5, 5
	var took time.Duration
	for try := 1; ; try++ {
		if err := settle(ctx, time.Duration(try)*(forgetTime+endTime)); err != nil {
			return err
		}
		before, err := f.code()
		if err != nil {
			return err
		}
		instance, t, err := f.ask()
		if err != nil {
			return err
		}
		after, err := f.code()
		if err != nil {
			return err
		}
		if f.drops && len(after) == 0 {
			return errUnseen
		}
		took = t
		ended, read := instance != f.last, !f.drops || more(before, after)
		f.last = instance
		if ended != f.keeps && read {
			break
		}
		if try == tries {
			return fmt.Errorf("scenario: %s: instance %s is new: %t; code was read: %t", f.Label, instance, ended, read)
		}
	}
	f.fresh.Add(took)
	f.series["p50"] = append(f.series["p50"], float64(took))
	again := load.NewLatency()
	for range following {
		instance, took, err := f.ask()
		if err != nil {
			return err
		}
		if instance == f.last { // it may have ended where the machine was busy
			again.Add(took)
		}
		f.last = instance
	}
	f.warm.Merge(again)
	f.series["warm"] = append(f.series["warm"], float64(again.Quantile(0.5)))
	return nil
}

// code returns where the server has code in memory, if that matters. Code that
// was dropped stays until the server's next garbage collection, but what is read
// then is somewhere else.
func (f *forgetful) code() (map[uint64]bool, error) {
	if !f.drops {
		return nil, nil
	}
	return proc.ReadCode(f.end.PID())
}

// errUnseen leaves a side out.
var errUnseen = errors.New("scenario: compiled code is not mapped from files here, so that nobody can tell when it is read")

// more reports whether there is something in after that was not there before.
func more(before, after map[uint64]bool) bool {
	for at := range after {
		if !before[at] {
			return true
		}
	}
	return false
}

// ask times one request.
func (f *forgetful) ask() (instance string, took time.Duration, err error) {
	start := time.Now()
	instance, err = f.end.Ask()
	took = time.Since(start)
	if err == nil && instance == "" {
		err = fmt.Errorf("scenario: %s does not say which instance answered", f.Label)
	}
	return instance, took, err
}

func (f *forgetful) line(w *workload.Workload, rounds int, others float64) record.Line {
	return record.Line{
		Scenario: "fresh", Contender: f.Name, Workload: w.Name, Rounds: rounds, Points: f.fresh.Points(), Series: f.series, Others: others,
		Values: map[string]float64{
			"p50": float64(f.fresh.Quantile(0.5)), "p90": float64(f.fresh.Quantile(0.9)), "p99": float64(f.fresh.Quantile(0.99)),
			"warm": float64(f.warm.Quantile(0.5)), "warmP99": float64(f.warm.Quantile(0.99)),
		},
	}
}
