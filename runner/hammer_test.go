package runner_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestHammer loads, invokes, kills, evicts and closes, all at once. Run it with
// -race; the harness checks what is left.
func TestHammer(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 8
	}
	wasm := chaos(t)
	for name, codeBudget := range map[string]int64{"code stays": 0, "code goes": -1} {
		t.Run(name, func(t *testing.T) {
			cfg := runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(2 << 20).WithCodeBudget(codeBudget)
			r := runnertest.NewWithConfig(t, cfg)
			var wg sync.WaitGroup
			for worker := range 4 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for round := range rounds {
						hammerOne(t, r, wasm, worker, round)
					}
				}()
			}
			wg.Wait()
			if s := r.Stats(); s.Functions != 0 || s.InstanceBytes != 0 || s.Codes != 0 || codeBudget < 0 && s.CodeEvictions == 0 {
				t.Errorf("at the end: %+v", s)
			}
		})
	}
}

// hammered returns a configuration that differs from round to round.
func hammered(worker, round int) runner.FunctionConfig {
	return runner.NewFunctionConfig(fmt.Sprintf("f%d", worker)).WithMemory(32).
		WithMaxInstances(3).WithTimeout(20*time.Millisecond).WithQueue(4, 10*time.Millisecond).
		WithIsolation(runner.Isolation(round % 2)).WithSnapshot(runner.SnapshotMode(round % 3)).WithSpares(round % 2).
		WithRestTime(time.Duration(round%3) * time.Millisecond)
}

func hammerOne(t *testing.T, r *runner.Runner, wasm []byte, worker, round int) {
	ctx := context.Background()
	f, err := r.Load(ctx, hammered(worker, round), wasm)
	if err != nil {
		t.Errorf("load: %v", err)
		return
	}
	var wg sync.WaitGroup
	for caller := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			hammerCalls(t, f, fmt.Sprintf("%d-%d-%d", worker, round, caller), caller)
		}()
	}
	if round%4 == 0 { // close while they call
		if err := f.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	wg.Wait()
	if err := f.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	if s := f.Stats(); s.Live != 0 || s.Created != s.Destroyed {
		t.Errorf("after Close: %+v", s)
	}
}

// hammerCalls invokes f in ways that end well, and in ways that do not. No call
// may find an instance that is in use, or in a state that no call leaves it in.
func hammerCalls(t *testing.T, f *runner.Function, name string, first int) {
	for i := range 6 {
		text := fmt.Sprintf("%s-%d", name, i)
		evs := []runner.Event{do("echo", 0, text), do("spin", 0, ""), do("alloc", 1, ""), do("exit", 1, ""), do("panic", 0, text)}
		which := (first + i) % len(evs)
		res, err := f.Invoke(context.Background(), evs[which])
		var failed *runner.InvokeError
		switch {
		case err == nil && which == 0 && string(res.Payload) != fmt.Sprintf("%q", text):
			t.Errorf("asked for %q, got %s", text, res.Payload)
		case errors.As(err, &failed) && (failed.Kind == runner.ProtocolBroken || failed.Kind == runner.Trapped):
			t.Errorf("invoke: %v", err)
		case err != nil && failed == nil && !errors.Is(err, runner.ErrThrottled) && !errors.Is(err, runner.ErrClosed):
			t.Errorf("invoke: %v", err)
		}
	}
}

// TestHammerClose closes the runner while functions are loaded and called, and
// calls killed. Whatever it interrupts ends with [runner.ErrClosed]; the harness
// checks what is left.
func TestHammerClose(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 6
	}
	wasm := chaos(t)
	for round := range rounds {
		cfg := runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(2 << 20).WithCodeBudget(int64(-(round % 2)))
		r := runnertest.NewWithConfig(t, cfg)
		var fs sync.Map
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 0; ; n++ {
					f, err := r.Load(context.Background(), hammered(worker, round+n), wasm)
					if errors.Is(err, runner.ErrClosed) {
						return
					}
					if err != nil {
						t.Errorf("load: %v", err)
						return
					}
					fs.Store(f, true)
					hammerCalls(t, f, fmt.Sprintf("%d-%d-%d", round, worker, n), worker)
				}
			}()
		}
		time.Sleep(time.Duration(round*7) * time.Millisecond)
		if err := r.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
		if s := r.Stats(); s.Functions != 0 || s.InstanceBytes != 0 || s.ResidentCodes != 0 {
			t.Errorf("closed: %+v", s)
		}
		wg.Wait()
		fs.Range(func(f, _ any) bool {
			if s := f.(*runner.Function).Stats(); s.Live != 0 || s.Created != s.Destroyed {
				t.Errorf("closed: %+v", s)
			}
			return true
		})
	}
}

func TestMemoryBudget(t *testing.T) {
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(1<<20))
	old := runnertest.Load(t, r, runner.NewFunctionConfig("old"), chaos(t))
	invoke(t, old, do("alloc", 4, ""))
	for i := 0; old.Stats().Live != 0; i++ { // it alone is over the budget
		if i > 2000 {
			t.Fatalf("over the budget, but kept: %+v", old.Stats())
		}
		time.Sleep(time.Millisecond)
	}
	if got := invoke(t, old, do("echo", 0, "back")); got != `"back"` {
		t.Errorf("answer %s", got)
	}
	young := runnertest.Load(t, r, runner.NewFunctionConfig("young"), chaos(t))
	invoke(t, young, do("echo", 0, "x"))
	invoke(t, young, do("alloc", 1, ""))
	if s := old.Stats(); s.Live != 0 {
		t.Errorf("the function used least recently kept its instance: %+v", s)
	}
}

func TestThrottled(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("f").WithMaxInstances(1).WithQueue(1, 50*time.Millisecond), chaos(t))
	busy := make(chan error)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, err := f.Invoke(ctx, do("spin", 0, ""))
		busy <- err
	}()
	for f.Stats().Busy == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := f.Invoke(context.Background(), do("echo", 0, "x")); !errors.Is(err, runner.ErrThrottled) {
		t.Errorf("error %v, want throttled", err)
	}
	stop()
	if err := <-busy; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

// TestCPUShare lets a guest work for a while with and without a share: with
// one it must have run for no more than that part of the time.
func TestCPUShare(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("f").WithCPU(0.25).WithTimeout(400*time.Millisecond), chaos(t))
	res, err := f.Invoke(context.Background(), do("spin", 0, ""))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %v", err)
	}
	if share := float64(res.Usage.CPU) / float64(res.Usage.Duration); share > 0.45 {
		t.Errorf("ran %.0f %% of the time, its share is 25 %% after a burst of 20 ms", share*100)
	}
}
