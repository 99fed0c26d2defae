package scenario

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// instances fills a process with instances of one function and measures, at
// points on the way, what they hold and what new and warm ones cost; first of
// sandboxes, then of native processes.
func instances(ctx context.Context, s *Suite) error {
	if err := s.sandboxInstances(ctx); err != nil {
		return err
	}
	return s.nativeInstances(ctx)
}

func (s *Suite) sandboxInstances(ctx context.Context) (err error) {
	w := workload.Hello()
	module, err := s.Shop.Module(ctx, w)
	if err != nil {
		return err
	}
	cache, err := s.Shop.Cache(ctx, w)
	if err != nil {
		return err
	}
	points := pick(s, []int{1, 10, 100, 1000}, []int{1, 10, 100, 1000, 3000, 10_000})
	most := points[len(points)-1]
	p, err := child.Start(ctx, "Instances")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	var none proc.Memory
	touch := int64(most) * 300 << 10
	if err := p.Call("Open", experiment.OpenArgs{Wasm: module, Cache: cache, Max: most, Touch: touch, Rest: 2 * time.Second}, &none); err != nil {
		return err
	}
	for _, n := range points {
		s.Progress("instances: %d", n)
		line := record.Line{Scenario: "instances", Contender: "wafer", Workload: w.Name, X: float64(n)}
		line.Others, err = watch(func() error {
			var err error
			line.Values, err = crowded(p, n, none)
			return err
		}, p.PID())
		if err != nil {
			return err
		}
		if err := s.Out.Add(line); err != nil {
			return err
		}
	}
	return nil
}

// crowded makes n instances, has each answer again, and measures.
func crowded(p *child.Process, n int, none proc.Memory) (map[string]float64, error) {
	var made experiment.Answers
	for range 2 {
		if err := p.Call("Answer", n, &made); err != nil {
			return nil, err
		}
	}
	var awake proc.Memory
	if err := p.Call("Memory", struct{}{}, &awake); err != nil {
		return nil, err
	}
	if err := p.Call("Rest", struct{}{}, &struct{}{}); err != nil {
		return nil, err
	}
	var now proc.Memory
	if err := p.Call("Memory", struct{}{}, &now); err != nil {
		return nil, err
	}
	tree, err := proc.ReadTree(p.PID())
	if err != nil {
		return nil, err
	}
	if err := p.Call("Settle", struct{}{}, &struct{}{}); err != nil {
		return nil, err
	}
	fresh, err := latencies(p, "New", 100)
	if err != nil {
		return nil, err
	}
	warm, err := latencies(p, "Warm", 500)
	if err != nil {
		return nil, err
	}
	return map[string]float64{
		"held": float64(now.Held() - none.Held()), "each": float64(now.Held()-none.Held()) / float64(n), "pss": float64(now.Proportional),
		"privateDirty": float64(now.PrivateDirty), "awake": float64(awake.Held()-none.Held()) / float64(n),
		"mappings": float64(tree.Mappings), "descriptors": float64(tree.Descriptors),
		"new": float64(fresh.Quantile(0.5)), "newP99": float64(fresh.Quantile(0.99)),
		"warm": float64(warm.Quantile(0.5)), "warmP99": float64(warm.Quantile(0.99)),
	}, nil
}

// latencies calls a method of a child that returns durations.
func latencies(p *child.Process, method string, n int) (*load.Latency, error) {
	var took []time.Duration
	if err := p.Call(method, n, &took); err != nil {
		return nil, err
	}
	return distribution(took), nil
}

// distribution is that of durations.
func distribution(took []time.Duration) *load.Latency {
	l := load.NewLatency()
	for _, d := range took {
		l.Add(d)
	}
	return l
}
