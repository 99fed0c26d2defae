package scenario

import (
	"context"
	"errors"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// inProcess compares how long calls take in children that are linked with the
// two revisions, by a method of [experiment.Instances].
func inProcess(method string) func(context.Context, *Suite, *contender.Workshop) (sample.Ratio, error) {
	return func(ctx context.Context, s *Suite, base *contender.Workshop) (r sample.Ratio, err error) {
		read := func(p *child.Process) reading {
			return func() (float64, error) {
				l, err := latencies(p, method, 20)
				if err != nil {
					return 0, err
				}
				return float64(l.Quantile(0.5)), nil
			}
		}
		head, err := startLinked(ctx, s.Shop, 0)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, head.Close()) }()
		old, err := startLinked(ctx, base, 0)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, old.Close()) }()
		return inTurns(ctx, pick(s, 10, 40), read(head), read(old))
	}
}

// restTime is after how much idleness instances rest that are measured so.
const restTime = 200 * time.Millisecond

// startLinked starts a child that is linked with a revision and can make
// instances of hello.
func startLinked(ctx context.Context, shop *contender.Workshop, most int) (*child.Process, error) {
	program, err := shop.Harness(ctx)
	if err != nil {
		return nil, err
	}
	module, err := shop.Module(ctx, workload.Hello())
	if err != nil {
		return nil, err
	}
	cache, err := shop.Cache(ctx, workload.Hello())
	if err != nil {
		return nil, err
	}
	p, err := child.StartProgram(ctx, program, "Instances")
	if err != nil {
		return nil, err
	}
	args := experiment.OpenArgs{Wasm: module, Cache: cache, Max: max(most, 1), Touch: int64(most) * 300 << 10, Rest: restTime}
	if err := p.Call("Open", args, &proc.Memory{}); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// warmMemory compares the private dirty memory of processes that have answered
// the same number of requests. Each reading is of a new process: readings of one
// would agree with each other and say nothing of the next.
func warmMemory(ctx context.Context, s *Suite, base *contender.Workshop) (sample.Ratio, error) {
	const requests = 2000
	read := func(shop *contender.Workshop) reading {
		return func() (_ float64, err error) {
			e, err := contender.Wafer().Start(ctx, shop, workload.Hello())
			if err != nil {
				return 0, err
			}
			defer func() { err = errors.Join(err, e.Close()) }()
			if r := (load.Closed{Workers: 1, Requests: requests}).Run(ctx, e.Do); r.Err != nil {
				return 0, r.Err
			}
			t, err := proc.ReadTree(e.PID())
			return float64(t.Memory.PrivateDirty), err
		}
	}
	return inTurns(ctx, pick(s, 6, 20), read(s.Shop), read(base))
}

// restingMemory compares what each more of many resting instances holds, in a
// new process each time.
func restingMemory(ctx context.Context, s *Suite, base *contender.Workshop) (sample.Ratio, error) {
	const few, many = 1, 101
	read := func(shop *contender.Workshop) reading {
		return func() (_ float64, err error) {
			p, err := startLinked(ctx, shop, many)
			if err != nil {
				return 0, err
			}
			defer func() { err = errors.Join(err, p.Close()) }()
			var held [2]int64
			for i, n := range []int{few, many} {
				for range 2 { // the second answer is a warm one
					if err := p.Call("Answer", n, &experiment.Answers{}); err != nil {
						return 0, err
					}
				}
				if err := p.Call("Rest", struct{}{}, &struct{}{}); err != nil {
					return 0, err
				}
				var m proc.Memory
				if err := p.Call("Memory", struct{}{}, &m); err != nil {
					return 0, err
				}
				held[i] = m.Held()
			}
			return float64(held[1]-held[0]) / (many - few), nil
		}
	}
	return inTurns(ctx, pick(s, 3, 8), read(s.Shop), read(base))
}
