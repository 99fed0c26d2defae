package experiment

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner"
)

// Functions is a child that holds many different functions.
type Functions struct{}

// FunctionsArgs says what functions there are.
type FunctionsArgs struct {
	Wasm, Cache string
	Count       int
	Touch       int64 // bytes of memory to use and give back before anything else
}

// Load loads forks of a module, has each answer twice, and returns the memory
// before and after. Their instances are gone by then, their code is not.
func (*Functions) Load(args FunctionsArgs, reply *FunctionsMemory) error {
	ctx := context.Background()
	if err := proc.Touch(args.Touch); err != nil {
		return err
	}
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(args.Cache))
	if err != nil {
		return err
	}
	defer r.Close(ctx)
	c := &functionCrowd{runner: r}
	if err := c.load(ctx, args); err != nil {
		return err
	}
	loads := r.Stats().CodeLoads
	if err := c.answer(ctx); err != nil {
		return err
	}
	reply.None, reply.Reloaded = c.before, r.Stats().CodeLoads-loads
	if n := r.Stats().ResidentCodes; n != args.Count {
		return fmt.Errorf("experiment: the code of %d functions is resident, want %d", n, args.Count)
	}
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what finalizers have let go of
	reply.All, err = proc.ReadMemory()
	return err
}

type functionCrowd struct {
	runner *runner.Runner
	list   []*runner.Function
	before proc.Memory
}

// load loads the functions and has each answer.
func (c *functionCrowd) load(ctx context.Context, args FunctionsArgs) error {
	wasm, err := os.ReadFile(args.Wasm)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	if c.before, err = proc.ReadMemory(); err != nil {
		return err
	}
	c.list = make([]*runner.Function, args.Count)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range c.list {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			f, err := c.loadOne(ctx, wasm, i)
			if err != nil {
				fail(err)
			}
			c.list[i] = f
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// loadOne loads fork number i and has it answer.
func (c *functionCrowd) loadOne(ctx context.Context, wasm []byte, i int) (*runner.Function, error) {
	// The name is part of what a snapshot depends on: none is there yet.
	name := fmt.Sprintf("fork-%d-%d", os.Getpid(), i)
	cfg := runner.NewFunctionConfig(name).WithMaxInvocations(1)
	f, err := c.runner.Load(ctx, cfg, subject.Fork(wasm, i))
	if err != nil {
		return nil, err
	}
	if _, err := hello(ctx, f); err != nil {
		return nil, err
	}
	if info := f.Inspect(); !info.CodeStored || info.Code != "mapped" {
		return nil, fmt.Errorf("experiment: the code of fork %d is %s, found on disk: %t, %s", i, info.Code, info.CodeStored, info.CodeReason)
	}
	return f, nil
}

// answer has each function answer, and waits until all instances are gone.
func (c *functionCrowd) answer(ctx context.Context) error {
	for _, f := range c.list {
		if _, err := hello(ctx, f); err != nil {
			return err
		}
	}
	for _, f := range c.list {
		for f.Stats().Live > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}
