package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/runner"
)

// Services are what children of this program can do.
func Services() map[string]any { return map[string]any{"Growth": &Growth{}, "Trace": &Trace{}} }

// Growth is a child that holds more and more different functions.
type Growth struct {
	runner *runner.Runner // whose code budget has room for all
	list   []*runner.Function
	wasm   []byte
	cache  string
}

// GrowthArgs says what the functions are made from.
type GrowthArgs struct{ Wasm, Cache string }

// GrowthStats is what has become of them.
type GrowthStats struct{ Resident int }

// Open makes the runner.
func (g *Growth) Open(args GrowthArgs, _ *struct{}) error {
	ctx := context.Background()
	var err error
	if g.wasm, err = os.ReadFile(args.Wasm); err != nil {
		return err
	}
	g.cache = args.Cache
	g.runner, err = runner.New(ctx, runner.NewConfig().WithCacheDir(args.Cache))
	return err
}

// Grow loads functions until there are n, and has each answer.
func (g *Growth) Grow(n int, reply *GrowthStats) error {
	ctx := context.Background()
	for i := len(g.list); i < n; i++ {
		f, err := g.load(ctx, g.runner, i, 2)
		if err != nil {
			return err
		}
		for range 2 { // and then the instance is gone
			if err := greet(ctx, f); err != nil {
				return err
			}
		}
		g.list = append(g.list, f)
	}
	reply.Resident = g.runner.Stats().ResidentCodes
	return nil
}

// load loads function i, whose instances last for that many invocations.
func (g *Growth) load(ctx context.Context, r *runner.Runner, i, invocations int) (*runner.Function, error) {
	cfg := runner.NewFunctionConfig(fmt.Sprintf("fork-%d", i)).WithMaxInvocations(invocations)
	return r.Load(ctx, cfg, subject.Fork(g.wasm, i))
}

// Memory collects garbage and returns what is left.
func (g *Growth) Memory(_ struct{}, reply *proc.Memory) (err error) {
	for _, f := range g.list {
		idle(f)
	}
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what finalizers have let go of
	*reply, err = proc.ReadMemory()
	return err
}

// New returns how long the first calls of n instances took, of functions in
// turns, and Warm how long their second calls did.
func (g *Growth) New(n int, reply *[]time.Duration) error { return g.pairs(n, reply, 0) }

// Warm returns how long the second calls of n instances took.
func (g *Growth) Warm(n int, reply *[]time.Duration) error { return g.pairs(n, reply, 1) }

// pairs calls functions twice each, in turns.
func (g *Growth) pairs(n int, reply *[]time.Duration, keep int) error {
	*reply = nil
	for i := range n {
		f := g.list[(i*7919)%len(g.list)]
		idle(f)
		for j := range 2 {
			start := time.Now()
			if err := greet(context.Background(), f); err != nil {
				return err
			}
			if j == keep {
				*reply = append(*reply, time.Since(start))
			}
		}
	}
	return nil
}

// ReloadStats is what calls were like whose code was not in memory.
type ReloadStats struct {
	Took     []time.Duration
	Budget   int64 // for code, in bytes
	Resident int   // codes in memory, after the calls
}

// Reload loads all functions into another runner, whose code budget has room
// for half of them, and calls them at random until n calls had to read their
// code. These are the ones whose times it returns.
func (g *Growth) Reload(n int, reply *ReloadStats) (err error) {
	ctx := context.Background()
	// 0 would be the default, and of one function half is none.
	*reply = ReloadStats{Budget: max(g.runner.Stats().CodeBytes/2, 1)}
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(g.cache).WithCodeBudget(reply.Budget))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close(ctx)) }()
	list := make([]*runner.Function, len(g.list))
	for i := range list {
		if list[i], err = g.load(ctx, r, i, 1); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(1, uint64(len(list))))
	const most = 10 // calls for each that has to read code
	for range most * n {
		f := list[random.IntN(len(list))]
		idle(f)
		loads := r.Stats().CodeLoads
		start := time.Now()
		if err := greet(ctx, f); err != nil {
			return err
		}
		took := time.Since(start)
		idle(f) // its code may be dropped only now
		if r.Stats().CodeLoads > loads {
			reply.Took = append(reply.Took, took)
		}
		if len(reply.Took) == n {
			reply.Resident = r.Stats().ResidentCodes
			return nil
		}
	}
	return fmt.Errorf("scenario: of %d calls only %d had to read code, with a budget of %d bytes for %d functions", most*n, len(reply.Took), reply.Budget, len(list))
}

// idle waits until a function has no instance.
func idle(f *runner.Function) {
	for f.Stats().Live > 0 {
		time.Sleep(20 * time.Microsecond)
	}
}

// greet calls a function of the workload hello.
func greet(ctx context.Context, f *runner.Function) error {
	w := workload.Hello()
	res, err := f.Invoke(ctx, runner.Event{Payload: w.Body})
	if err == nil {
		err = w.Check(bytes.TrimSpace(res.Payload))
	}
	return err
}
