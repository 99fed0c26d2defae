package scenario

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

func hello() *workload.Workload { return workload.Hello() }

// Trace is a child that plays a trace.
type Trace struct{}

// TraceArgs is a trace, and what it is played to.
type TraceArgs struct {
	Kind        string // wafer or native
	Wasm, Cache string // of wafer
	Program     string // of native
	Functions   int
	Budget      int64   // bytes
	Rate        float64 // calls per second
	Duration    time.Duration
	Seed        uint64
}

// TraceStats is what became of it.
type TraceStats struct {
	Calls, Failed int64
	New           int64 // calls that made their instance
	Loads         int64 // times that code was read
	Ended         int64 // instances that were destroyed, or processes that were ended
	Evicted       int64 // times that code was dropped from memory
	Points        []load.Point
	Memory        []float64 // bytes
	At            []float64 // when that was, in seconds
	MemoryMax     int64
	Err           string // the first failure
}

// tenants are what a trace is played to.
type tenants interface {
	// call calls function i and reports whether it had to be started.
	call(ctx context.Context, i int) (cold bool, err error)
	// counts returns what has happened so far.
	counts() counts
	close()
}

// counts are how often something has happened.
type counts struct {
	loads   int64 // code was read into memory
	evicted int64 // code was dropped from memory
	ended   int64 // an instance or a process had to go
}

// Play plays a trace.
func (*Trace) Play(args TraceArgs, reply *TraceStats) error {
	ctx := context.Background()
	var t tenants
	var err error
	switch args.Kind {
	case "wafer":
		t, err = newSandboxes(ctx, args)
	case "native":
		t, err = newProcesses(args)
	default:
		err = fmt.Errorf("scenario: there is no %q", args.Kind)
	}
	if err != nil {
		return err
	}
	defer t.close()
	p := &player{TraceArgs: args, tenants: t, pick: newZipf(args.Functions)}
	p.run(ctx, reply)
	return nil
}

// player plays a trace.
type player struct {
	TraceArgs
	tenants tenants
	pick    zipf

	fresh atomic.Int64
}

func (p *player) run(ctx context.Context, reply *TraceStats) {
	before := p.tenants.counts()
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { watchMemory(stop, reply) })
	total := load.NewLatency()
	var failed int64
	var first error
	// A tenth of the time the load is three times as high.
	for part := range uint64(10) {
		rate := p.Rate
		if part == 5 {
			rate *= 3
		}
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(p.Seed, part))
		r := load.Open{Rate: rate, Duration: p.Duration / 10, Workers: 64, Seed: p.Seed + part}.Run(ctx, func(ctx context.Context, _ int) error {
			mu.Lock()
			i := p.pick.next(random)
			mu.Unlock()
			cold, err := p.tenants.call(ctx, i)
			if cold {
				p.fresh.Add(1)
			}
			return err
		})
		total.Merge(r.Latency)
		failed += r.Failed
		if first == nil {
			first = r.Err
		}
	}
	close(stop)
	watching.Wait()
	reply.Calls, reply.Failed, reply.New = total.Count(), failed, p.fresh.Load()
	after := p.tenants.counts()
	reply.Loads, reply.Evicted, reply.Ended = after.loads-before.loads, after.evicted-before.evicted, after.ended-before.ended
	reply.Points = total.Points()
	if first != nil {
		reply.Err = first.Error()
	}
}

// watchMemory notes what this process and its children hold, ten times per second,
// or less where looking takes long: it must not cost what is measured more than a
// twentieth of a processor.
func watchMemory(stop <-chan struct{}, reply *TraceStats) {
	const least, times = 100 * time.Millisecond, 20
	begin := time.Now()
	for wait := least; ; {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
		look := time.Now()
		held, err := proc.ReadHeld(os.Getpid())
		wait = max(least, times*time.Since(look))
		if err != nil {
			continue
		}
		reply.At = append(reply.At, look.Sub(begin).Seconds())
		reply.Memory = append(reply.Memory, float64(held))
		reply.MemoryMax = max(reply.MemoryMax, held)
	}
}

// zipf picks numbers, small ones more often: number i with a weight of
// 1/(i+1).
type zipf []float64 // cumulated

func newZipf(n int) zipf {
	z := make(zipf, n)
	sum := 0.0
	for i := range z {
		sum += 1 / math.Pow(float64(i+1), 1)
		z[i] = sum
	}
	return z
}

func (z zipf) next(random *rand.Rand) int {
	v := random.Float64() * z[len(z)-1]
	return min(sort.SearchFloat64s(z, v), len(z)-1)
}
