package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	runner *runner.Runner // code stays as long as its budget allows
	list   []*runner.Function
	narrow *runner.Runner // code goes with the last instance
	cold   *runner.Function
	wasm   []byte
}

// GrowthArgs says what the functions are made from.
type GrowthArgs struct{ Wasm, Cache string }

// GrowthStats is what has become of them.
type GrowthStats struct{ Resident int }

// Open makes the runners.
func (g *Growth) Open(args GrowthArgs, _ *struct{}) error {
	ctx := context.Background()
	var err error
	if g.wasm, err = os.ReadFile(args.Wasm); err != nil {
		return err
	}
	if g.runner, err = runner.New(ctx, runner.NewConfig().WithCacheDir(args.Cache)); err != nil {
		return err
	}
	if g.narrow, err = runner.New(ctx, runner.NewConfig().WithCacheDir(args.Cache).WithCodeBudget(-1)); err != nil {
		return err
	}
	g.cold, err = g.narrow.Load(ctx, runner.NewFunctionConfig("cold").WithMaxInvocations(1), g.wasm)
	return err
}

// Grow loads functions until there are n, and has each answer.
func (g *Growth) Grow(n int, reply *GrowthStats) error {
	ctx := context.Background()
	for i := len(g.list); i < n; i++ {
		cfg := runner.NewFunctionConfig(fmt.Sprintf("fork-%d", i)).WithMaxInvocations(2)
		f, err := g.runner.Load(ctx, cfg, subject.Fork(g.wasm, i))
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

// Memory collects garbage and returns what is left.
func (g *Growth) Memory(_ struct{}, reply *proc.Memory) (err error) {
	for _, f := range g.list {
		for f.Stats().Live > 0 {
			time.Sleep(time.Millisecond)
		}
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
		for f.Stats().Live > 0 {
			time.Sleep(20 * time.Microsecond)
		}
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

// Reload returns how long n calls took whose code was not in memory.
func (g *Growth) Reload(n int, reply *[]time.Duration) error {
	*reply = nil
	for range n {
		for g.cold.Stats().Live > 0 {
			time.Sleep(20 * time.Microsecond)
		}
		loads := g.narrow.Stats().CodeLoads
		start := time.Now()
		if err := greet(context.Background(), g.cold); err != nil {
			return err
		}
		took := time.Since(start)
		if g.narrow.Stats().CodeLoads == loads {
			return errors.New("scenario: the code was in memory")
		}
		*reply = append(*reply, took)
	}
	return nil
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
