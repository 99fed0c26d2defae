package runner_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// timers is what the timers of a chaos guest with BOOT=timers have done.
type timers struct{ Fired, Ticks int }

// watch returns that as it is now and after a while in one invocation.
func watch(t *testing.T, f *runner.Function, while time.Duration) (before, after timers, took time.Duration) {
	t.Helper()
	var seen [2]timers
	start := time.Now()
	if err := json.Unmarshal([]byte(invoke(t, f, do("timers", int(while.Milliseconds()), ""))), &seen); err != nil {
		t.Fatal(err)
	}
	return seen[0], seen[1], time.Since(start)
}

// TestTimersInSnapshot starts instances from a snapshot with a timer of 500 ms
// and a ticker of 50 ms pending in it: at once, and when both are long overdue;
// and from the stored snapshot in a later runner, whose clock goes on from it.
func TestTimersInSnapshot(t *testing.T) {
	const tick, while = 50 * time.Millisecond, 700 * time.Millisecond
	dir := t.TempDir() + "/cache"
	base := runner.NewFunctionConfig("f").WithEnv(map[string]string{"BOOT": "timers"})
	for process := range 2 {
		r := private(t, dir, nil)
		for _, isolation := range []runner.Isolation{runner.IsolationRequest, runner.IsolationInstance} {
			f := runnertest.Load(t, r, base.WithIsolation(isolation), chaos(t))
			if i := f.Inspect(); !i.Snapshot {
				t.Fatalf("no snapshot: %s", i.SnapshotRefused)
			}
			fresh := true
			for round := range 3 {
				before, after, took := watch(t, f, while)
				t.Logf("process %d, isolation %s, round %d: from %+v to %+v in %v", process, isolation, round, before, after, took)
				if after.Fired != 1 {
					t.Errorf("process %d, isolation %s, round %d: the timer fired %d times", process, isolation, round, after.Fired)
				}
				if !fresh && before.Fired != 1 {
					t.Errorf("process %d, isolation %s, round %d: the timer has not fired before", process, isolation, round)
				}
				ticks := after.Ticks - before.Ticks
				if most := int(took/tick) + 2; ticks < 2 || ticks > most {
					t.Errorf("process %d, isolation %s, round %d: %d ticks in %v, want 2 to %d", process, isolation, round, ticks, took, most)
				}
				if behind := before.Ticks; fresh && behind > int(500*time.Millisecond/tick)+2 {
					t.Errorf("process %d, isolation %s, round %d: %d ticks at the start", process, isolation, round, behind)
				}
				fresh = isolation == runner.IsolationRequest
			}
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClockSetBack starts instances from a stored snapshot whose clocks are ahead
// of the host's.
func TestClockSetBack(t *testing.T) {
	const ahead = time.Hour
	dir := t.TempDir() + "/cache"
	cfg := runner.NewFunctionConfig("f").WithIsolation(runner.IsolationRequest)
	r := private(t, dir, nil)
	f := runnertest.Load(t, r, cfg, chaos(t))
	mono, wall, err := runner.AdvanceStoredClocks(f, ahead)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	r = private(t, dir, nil)
	f = runnertest.Load(t, r, cfg, chaos(t))
	if !f.Inspect().SnapshotStored {
		t.Fatal("the stored snapshot is not used")
	}
	last := struct{ Mono, Wall int64 }{int64(ahead), wall}
	for range 3 {
		now := last
		if err := json.Unmarshal([]byte(invoke(t, f, do("clock", 0, ""))), &now); err != nil {
			t.Fatal(err)
		}
		if now.Mono < last.Mono || now.Wall < last.Wall || now.Mono > mono+int64(time.Hour/2) {
			t.Errorf("clocks went from %+v to %+v", last, now)
		}
		last = now
	}
	var left int
	if err := json.Unmarshal([]byte(invoke(t, f, do("deadline", 0, ""))), &left); err != nil || left < 1000 || left > 60_000 {
		t.Errorf("%d ms left of 60 s, %v", left, err)
	}
}
