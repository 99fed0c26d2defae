package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/load"
)

// trace plays a load as of a machine with many tenants: functions of which few
// are popular (Zipf), calls that come independently of each other (Poisson) and
// sometimes in bursts, and a budget of memory. It is played to wafer and to
// native processes, which are started when they are called and ended, the
// longest idle first, when the budget is used up.
func trace(ctx context.Context, s *Suite) error {
	return s.trace(ctx, pick(s, 40, 1000), pick(s, []int64{64 << 20}, []int64{64 << 20, 1 << 30, 2 << 30, 4 << 30}))
}

// trace plays it with so many functions, once for each budget.
func (s *Suite) trace(ctx context.Context, n int, budgets []int64) error {
	f, err := s.forks(ctx, n)
	if err != nil {
		return err
	}
	// A trace begins with everything on disk, as after a restart.
	if err := s.boot(ctx, f); err != nil {
		return err
	}
	program, err := s.Shop.Native(ctx, hello())
	if err != nil {
		return err
	}
	for _, budget := range budgets {
		for _, kind := range []string{"wafer", "native"} {
			args := TraceArgs{
				Kind: kind, Wasm: f.module, Cache: f.cache, Program: program, Functions: f.n, Budget: budget, Seed: 1,
				Rate: pick(s, 60.0, 150.0), Duration: s.span(4*time.Second, 25*time.Second),
			}
			if err := s.play(ctx, args); err != nil {
				return fmt.Errorf("scenario: %s with %d MB: %w", kind, budget>>20, err)
			}
		}
	}
	return nil
}

// play plays one trace in a child.
func (s *Suite) play(ctx context.Context, args TraceArgs) (err error) {
	s.Progress("trace: %d functions, %s, %d MB, %v", args.Functions, args.Kind, args.Budget>>20, args.Duration)
	p, err := child.Start(ctx, "Trace")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	var r TraceStats
	others, err := watch(func() error { return p.Call("Play", args, &r) }, p.PID())
	if err != nil {
		return err
	}
	line := record.Line{
		Scenario: "trace", Contender: map[string]string{"wafer": "wafer", "native": contender.NativeName}[args.Kind], Workload: "hello", X: float64(args.Budget), Others: others, Points: r.Points,
		Values: map[string]float64{
			"functions": float64(args.Functions), "offered": args.Rate, "calls": float64(r.Calls), "failed": float64(r.Failed),
			"cold code": share(r.Loads, r.Calls), "new instance": share(r.New-r.Loads, r.Calls), "warm": share(r.Calls-r.New, r.Calls),
			"ended": float64(r.Ended), "evicted": float64(r.Evicted), "memoryMax": float64(r.MemoryMax),
		},
		Series: map[string][]float64{"memory": r.Memory, "at": r.At},
		Note:   r.Err,
	}
	for _, q := range []struct {
		name string
		q    float64
	}{{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}} {
		line.Values[q.name] = at(r.Points, q.q)
	}
	return s.Out.Add(line)
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(max(part, 0)) / float64(whole)
}

// at returns the point of a distribution at a quantile.
func at(points []load.Point, q float64) float64 {
	for _, p := range points {
		if p.Quantile >= q {
			return float64(p.Value)
		}
	}
	return 0
}
