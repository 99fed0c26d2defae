package scenario

import (
	"context"
	"errors"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// nativeInstances does to native processes what [instances] does to sandboxes,
// of which a machine has room for more.
func (s *Suite) nativeInstances(ctx context.Context) (err error) {
	if !s.takes(contender.NativeName) {
		return nil
	}
	w := workload.Hello()
	program, err := s.Shop.Native(ctx, w)
	if err != nil {
		return err
	}
	points := pick(s, []int{1, 10}, []int{1, 10, 100})
	p, err := child.Start(ctx, "NativeInstances")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	var none experiment.NativeMemory
	if err := p.Call("Open", experiment.NativeArgs{Program: program, Max: points[len(points)-1]}, &none); err != nil {
		return err
	}
	for _, n := range points {
		s.Progress("instances: %d, native behind wafer", n)
		line := record.Line{Scenario: "instances", Contender: contender.NativeName, Workload: w.Name, X: float64(n)}
		line.Others, err = watch(func() error {
			var err error
			line.Values, err = nativeCrowd(p, n, s.rounds(10, 20), none)
			return err
		}, p.PID())
		if err != nil {
			return err
		}
		if err := s.Out.Add(line); err != nil {
			return err
		}
	}
	return p.Call("Close", struct{}{}, &struct{}{})
}

// nativeCrowd has n instances answer twice, and measures.
func nativeCrowd(p *child.Process, n, rounds int, none experiment.NativeMemory) (map[string]float64, error) {
	for range 2 {
		if err := p.Call("Answer", n, &experiment.Answers{}); err != nil {
			return nil, err
		}
	}
	var now experiment.NativeMemory
	if err := p.Call("Memory", struct{}{}, &now); err != nil {
		return nil, err
	}
	fresh, err := latencies(p, "New", rounds)
	if err != nil {
		return nil, err
	}
	warm, err := latencies(p, "Warm", 500)
	if err != nil {
		return nil, err
	}
	held := float64(now.Tree.Memory.Held() - none.Tree.Memory.Held())
	return map[string]float64{
		"held": held, "each": held / float64(n), "own": float64(max(now.Own.Held()-none.Own.Held(), 0)) / float64(n),
		"pss": float64(now.Tree.Memory.Proportional), "privateDirty": float64(now.Tree.Memory.PrivateDirty),
		"processes": float64(now.Tree.Processes), "mappings": float64(now.Tree.Mappings), "descriptors": float64(now.Tree.Descriptors),
		"new": float64(fresh.Quantile(0.5)), "newP99": float64(fresh.Quantile(0.99)),
		"warm": float64(warm.Quantile(0.5)), "warmP99": float64(warm.Quantile(0.99)),
	}, nil
}
