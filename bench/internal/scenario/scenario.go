// Package scenario is what the benchmarks measure: each [Scenario] puts the
// contenders through one kind of work and writes lines of data.
//
// Contenders that are compared run at the same time, on the same machine, and
// are put under load in turns; see package bench/internal/sample.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Suite is one run of the benchmarks.
type Suite struct {
	Shop *contender.Workshop
	// Contenders and Workloads are what to measure, the first contender being
	// what the others are compared with.
	Contenders []*contender.Contender
	Workloads  []*workload.Workload
	// Quick takes few rounds and short ones.
	Quick bool
	// Smoke does all that a full run does, with one round of each and for a
	// tenth of its time: whether it works, and not how fast that is.
	Smoke bool
	// Progress is told what is going on. It must not be nil.
	Progress func(format string, args ...any)
	Out      *record.Writer

	forked *forkSet // what [Suite.forks] prepared
}

// Scenario is one kind of measurement.
type Scenario struct {
	Name  string
	About string
	Run   func(context.Context, *Suite) error
}

// All returns the scenarios in the order they are best run in: what wants a
// quiet machine first, what fills it last.
func All() []Scenario {
	return []Scenario{
		{"warm", "one request at a time, instances there", warm},
		{"throughput", "1, 16 and 64 requests in flight", throughput},
		{"open", "requests that come when they come, at shares of what wafer can do", open},
		{"starts", "from nothing to the first answer", starts},
		{"fresh", "requests that find no instance, behind a front that runs", fresh},
		{"temperatures", "every temperature, in process", temperatures},
		{"instances", "more and more instances of one function", instances},
		{"functions", "more and more functions, each with its own code", functions},
		{"trace", "many functions, few of them popular, under a memory budget", trace},
	}
}

// pick returns one of two numbers.
func pick[T any](s *Suite, quick, full T) T {
	if s.Quick {
		return quick
	}
	return full
}

// rounds returns how many rounds to take.
func (s *Suite) rounds(quick, full int) int {
	if s.Smoke {
		return 1
	}
	return pick(s, quick, full)
}

// span returns how long something goes on.
func (s *Suite) span(quick, full time.Duration) time.Duration {
	if s.Smoke {
		return full / 10
	}
	return pick(s, quick, full)
}

// side is a contender that runs and what was measured of it.
type side struct {
	*contender.Contender
	end *contender.Endpoint
}

// start starts every contender that suits the workload. Those that cannot be had
// are left out with a line that says why.
func (s *Suite) start(ctx context.Context, scenario string, w *workload.Workload, list []*contender.Contender) (sides []*side, stop func() error, err error) {
	stop = func() error {
		var errs []error
		for _, c := range sides {
			errs = append(errs, c.end.Close())
		}
		return errors.Join(errs...)
	}
	for _, c := range list {
		s.Progress("%s: starting %s", w.Name, c.Label)
		e, err := c.Start(ctx, s.Shop, w)
		var missing *contender.Unavailable
		switch {
		case errors.Is(err, contender.ErrUnsuited):
		case errors.As(err, &missing):
			s.Progress("left out: %s: %v", c.Label, firstLine(missing))
			if err := s.Out.Add(record.Line{Scenario: scenario, Contender: c.Name, Workload: w.Name, Note: firstLine(missing)}); err != nil {
				return sides, stop, err
			}
		case err != nil:
			return sides, stop, errors.Join(fmt.Errorf("scenario: %s: %w", c.Label, err), stop())
		default:
			sides = append(sides, &side{c, e})
		}
	}
	return sides, stop, nil
}

func firstLine(err error) string {
	text := err.Error()
	for i := range len(text) {
		if text[i] == '\n' {
			return text[:i]
		}
	}
	return text
}

// watch measures what others do on the machine while f runs: what is neither
// this program nor below one of the processes.
func watch(f func() error, processes ...int) (others float64, err error) {
	before, begin := cpuOf(processes), time.Now()
	load, err := proc.WatchLoad()
	if err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	if others, err = load.Others(); err != nil {
		return 0, err
	}
	total := time.Since(begin).Seconds() * float64(runtime.NumCPU())
	return max(others-(cpuOf(processes)-before).Seconds()/total, 0), nil
}

// cpuOf returns the processor time of processes and what is below them. One
// that has ended has none.
func cpuOf(processes []int) (sum time.Duration) {
	for _, pid := range processes {
		if t, err := proc.ReadTree(pid); err == nil {
			sum += t.CPU
		}
	}
	return sum
}

// pids returns the processes of sides.
func pids(sides []*side) (list []int) {
	for _, s := range sides {
		list = append(list, s.end.PID())
	}
	return list
}

// settle lets what was just started come to rest.
func settle(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
