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
	cfg := runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(2 << 20)
	r := runnertest.NewWithConfig(t, cfg)
	wasm := chaos(t)
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
}

func hammerOne(t *testing.T, r *runner.Runner, wasm []byte, worker, round int) {
	ctx := context.Background()
	fc := runner.NewFunctionConfig(fmt.Sprintf("f%d", worker)).WithMemory(32).
		WithMaxInstances(3).WithTimeout(20*time.Millisecond).WithQueue(4, 10*time.Millisecond).
		WithIsolation(runner.Isolation(round % 2)).WithSnapshot(runner.SnapshotMode(round % 3)).WithSpares(round % 2).
		WithRestTime(time.Duration(round%3) * time.Millisecond)
	f, err := r.Load(ctx, fc, wasm)
	if err != nil {
		t.Errorf("load: %v", err)
		return
	}
	var wg sync.WaitGroup
	for caller := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 6 {
				text := fmt.Sprintf("%d-%d-%d-%d", worker, round, caller, i)
				evs := []runner.Event{do("echo", 0, text), do("spin", 0, ""), do("alloc", 1, ""), do("exit", 1, ""), do("panic", 0, text)}
				res, err := f.Invoke(ctx, evs[(caller+i)%len(evs)])
				var failed *runner.InvokeError
				switch {
				case err == nil && (caller+i)%len(evs) == 0 && string(res.Payload) != fmt.Sprintf("%q", text):
					t.Errorf("asked for %q, got %s", text, res.Payload)
				case err != nil && !errors.As(err, &failed) && !errors.Is(err, runner.ErrThrottled) && !errors.Is(err, runner.ErrClosed):
					t.Errorf("invoke: %v", err)
				}
			}
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
