package runner_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// eventually waits until the counters of f are as they should be.
func eventually(t *testing.T, f *runner.Function, want func(s runner.Stats) bool) {
	t.Helper()
	for i := 0; !want(f.Stats()); i++ {
		if i > 5000 {
			t.Fatalf("stats: %+v", f.Stats())
		}
		time.Sleep(time.Millisecond)
	}
}

// TestStats has instances come and go in every way, and callers wait for them.
func TestStats(t *testing.T) {
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(8<<20))
	cfg := runner.NewFunctionConfig("f").WithMaxInstances(1).WithQueue(1, time.Minute)
	f := runnertest.Load(t, r, cfg.WithIdleTimeout(50*time.Millisecond), chaos(t))
	if _, err := f.Invoke(context.Background(), do("exit", 1, "")); err == nil {
		t.Error("no error")
	}
	eventually(t, f, func(s runner.Stats) bool { return s.Dropped == 1 && s.Destroyed == 1 })
	invoke(t, f, do("echo", 0, "x"))
	eventually(t, f, func(s runner.Stats) bool { return s.Expired == 1 && s.Destroyed == 2 && s.Created == 2 })

	f = runnertest.Load(t, r, cfg.WithTimeout(time.Minute), chaos(t))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	call := func() {
		_, err := f.Invoke(ctx, do("spin", 0, ""))
		ended <- err
	}
	go call()
	eventually(t, f, func(s runner.Stats) bool { return s.Busy == 1 })
	go call()
	eventually(t, f, func(s runner.Stats) bool { return s.Waiting == 1 && s.Queued == 1 && s.Rejected == 0 })
	if _, err := f.Invoke(ctx, do("echo", 0, "")); !errors.Is(err, runner.ErrThrottled) {
		t.Errorf("error %v, want throttled", err)
	}
	stop()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want canceled", err)
		}
	}
	eventually(t, f, func(s runner.Stats) bool { return s.Queued == 1 && s.Rejected <= 2 && s.Live == 0 })

	invoke(t, f, do("alloc", 9, "")) // more than the budget
	eventually(t, f, func(s runner.Stats) bool { return s.Evicted == 1 && s.Live == 0 })

	f = runnertest.Load(t, r, cfg.WithSnapshot(runner.SnapshotOff), chaos(t))
	if _, err := f.Invoke(context.Background(), do("exit", 1, "")); err == nil { // the one that Load made
		t.Error("no error")
	}
	for wait := time.Millisecond; f.Stats().CreateFailed == 0; wait += time.Millisecond / 4 { // until it ends a boot
		short, cancel := context.WithTimeout(context.Background(), wait)
		if _, err := f.Invoke(short, do("exit", 1, "")); err == nil || wait > time.Second {
			t.Fatalf("after %v: error %v", wait, err)
		}
		cancel()
	}
}
