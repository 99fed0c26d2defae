package scenario

import (
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

// warm has each contender answer one request at a time.
func warm(ctx context.Context, s *Suite) error {
	for _, w := range s.Workloads {
		p := closedPlan{scenario: "warm", inFlight: 1, rounds: s.rounds(6, 12), slice: s.span(150*time.Millisecond, 400*time.Millisecond)}
		if err := s.closed(ctx, w, s.Contenders, p); err != nil {
			return err
		}
	}
	return nil
}

// throughput has each contender answer as many requests as it can.
func throughput(ctx context.Context, s *Suite) error {
	var plans []closedPlan
	for _, inFlight := range []int{1, 16, 64} {
		plans = append(plans, closedPlan{scenario: "throughput", inFlight: inFlight, rounds: s.rounds(3, 10), slice: s.span(150*time.Millisecond, 600*time.Millisecond)})
	}
	return s.closed(ctx, workload.Hello(), s.Contenders, plans...)
}

// closedPlan is how a closed load is put on contenders in turns.
type closedPlan struct {
	scenario string
	inFlight int
	rounds   int
	slice    time.Duration // of one contender in one round
}

// measured is what a closed load comes to.
type measured struct {
	*side
	all    *load.Latency
	after  proc.Tree
	series map[string][]float64
}

// closed starts the contenders and measures them by one plan after the other.
func (s *Suite) closed(ctx context.Context, w *workload.Workload, list []*contender.Contender, plans ...closedPlan) (err error) {
	sides, stop, err := s.start(ctx, plans[0].scenario, w, list)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, p := range plans {
		if err := s.turns(ctx, w, sides, p); err != nil {
			return err
		}
	}
	return nil
}

// turns measures all sides of a workload in turns.
func (s *Suite) turns(ctx context.Context, w *workload.Workload, sides []*side, p closedPlan) error {
	var all []*measured
	for _, c := range sides {
		m := &measured{side: c, all: load.NewLatency(), series: map[string][]float64{}}
		if err := m.run(ctx, closedPlan{inFlight: p.inFlight, slice: 2 * p.slice}, nil); err != nil { // warms up
			return err
		}
		all = append(all, m)
	}
	s.Progress("%s: %s with %d in flight, %d rounds over %d contenders", p.scenario, w.Name, p.inFlight, p.rounds, len(all))
	others, err := watch(func() error {
		var turns []func() error
		for _, m := range all {
			turns = append(turns, func() error { return m.run(ctx, p, m.all) })
		}
		return sample.Interleave(ctx, p.rounds, turns...)
	}, pids(sides)...)
	if err != nil {
		return err
	}
	for _, m := range all {
		line := m.line(p, w, others)
		if base := all[0]; m != base {
			line.compare(base)
		}
		if err := s.Out.Add(line.Line); err != nil {
			return err
		}
	}
	return nil
}

// run puts one slice of load on the side.
func (m *measured) run(ctx context.Context, p closedPlan, into *load.Latency) error {
	before, err := proc.ReadTree(m.end.PID())
	if err != nil {
		return err
	}
	r := load.Closed{Workers: p.inFlight, Duration: p.slice}.Run(ctx, m.end.Do)
	if r.Err != nil {
		return fmt.Errorf("scenario: %s: %d of %d requests failed: %w", m.Label, r.Failed, r.Failed+r.Latency.Count(), r.Err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.after, err = proc.ReadTree(m.end.PID()); err != nil || into == nil {
		return err
	}
	into.Merge(r.Latency)
	n := float64(max(r.Latency.Count(), 1))
	for name, v := range map[string]float64{
		"p50": float64(r.Latency.Quantile(0.5)), "p99": float64(r.Latency.Quantile(0.99)), "rate": r.Rate(),
		"cpu": float64(m.after.CPU-before.CPU) / n, "faults": float64(m.after.MinorFaults-before.MinorFaults) / n,
	} {
		m.series[name] = append(m.series[name], v)
	}
	return nil
}

// comparedLine is a line that may get ratios.
type comparedLine struct {
	record.Line
}

func (m *measured) line(p closedPlan, w *workload.Workload, others float64) *comparedLine {
	values := map[string]float64{
		"p50": float64(m.all.Quantile(0.5)), "p90": float64(m.all.Quantile(0.9)), "p99": float64(m.all.Quantile(0.99)),
		"p99.9": float64(m.all.Quantile(0.999)), "mean": float64(m.all.Mean()), "requests": float64(m.all.Count()),
		"rate": sample.Median(m.series["rate"]), "cpu": sample.Median(m.series["cpu"]), "faults": sample.Median(m.series["faults"]),
		"pss": float64(m.after.Memory.Proportional), "privateDirty": float64(m.after.Memory.PrivateDirty),
		"processes": float64(m.after.Processes),
	}
	return &comparedLine{record.Line{
		Scenario: p.scenario, Contender: m.Name, Workload: w.Name, X: float64(p.inFlight), Rounds: p.rounds,
		Values: values, Points: m.all.Points(), Series: m.series, Others: others,
	}}
}

// compare adds the ratios to another side, round by round.
func (l *comparedLine) compare(base *measured) {
	l.Base = base.Name
	l.Ratios = map[string]sample.Ratio{}
	for name, series := range l.Series {
		if name != "faults" {
			l.Ratios[name] = sample.Compare(series, base.series[name])
		}
	}
}
