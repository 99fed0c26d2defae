package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// private returns a runner with a cache directory of its own.
func private(t *testing.T, dir string, lines *runnertest.Lines) *runner.Runner {
	t.Helper()
	cfg := runner.NewConfig().WithCacheDir(dir)
	if lines != nil {
		cfg = cfg.WithLogSink(lines.Sink)
	}
	return runnertest.NewWithConfig(t, cfg)
}

// TestClonesDiffer starts many instances from one snapshot, in both modes, and
// compares everything that must not be the same in two of them.
func TestClonesDiffer(t *testing.T) {
	r := runnertest.New(t)
	for _, cfg := range []runner.FunctionConfig{
		runner.NewFunctionConfig("request").WithIsolation(runner.IsolationRequest),
		runner.NewFunctionConfig("instance").WithMaxInvocations(1),
		runner.NewFunctionConfig("warm").WithMaxInvocations(1).WithWarmup(do("random", 0, "").Payload, do("random", 0, "").Payload),
	} {
		t.Run(cfg.Name(), func(t *testing.T) {
			f := runnertest.Load(t, r, cfg, chaos(t))
			seen := map[string]map[string]bool{}
			const clones = 20
			for range clones {
				var got map[string]json.RawMessage
				if err := json.Unmarshal([]byte(invoke(t, f, do("random", 0, ""))), &got); err != nil {
					t.Fatal(err)
				}
				for k, v := range got {
					if seen[k] == nil {
						seen[k] = map[string]bool{}
					}
					seen[k][string(v)] = true
				}
			}
			for _, k := range []string{"rand", "randv2", "maphash", "map", "crypto"} {
				if n := len(seen[k]); n < clones-2 {
					t.Errorf("%s: %d different values in %d clones", k, n, clones)
				}
			}
		})
	}
}

func TestClocksNeverGoBack(t *testing.T) {
	dir := t.TempDir()
	var last struct{ Mono, Wall int64 }
	for process := range 3 { // a runner each, as after a restart
		r := private(t, dir, nil)
		f := runnertest.Load(t, r, runner.NewFunctionConfig("clock").WithIsolation(runner.IsolationRequest), chaos(t))
		if i := f.Inspect(); i.SnapshotStored != (process > 0) {
			t.Errorf("process %d: snapshot stored: %v", process, i.SnapshotStored)
		}
		for range 3 {
			var now struct{ Mono, Wall int64 }
			if err := json.Unmarshal([]byte(invoke(t, f, do("clock", 0, ""))), &now); err != nil {
				t.Fatal(err)
			}
			if now.Mono < 0 || now.Wall < last.Wall {
				t.Errorf("process %d: clocks went from %+v to %+v", process, last, now)
			}
			last = now
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBrokenSnapshotFiles(t *testing.T) {
	dir := t.TempDir()
	load := func() (runner.Inspection, []string) {
		lines := runnertest.NewLines()
		r := private(t, dir, lines)
		f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
		if got := invoke(t, f, do("echo", 0, "hi")); got != `"hi"` {
			t.Errorf("answer %s", got)
		}
		i := f.Inspect()
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		return i, lines.Take()
	}
	if i, _ := load(); !i.Snapshot || i.SnapshotStored {
		t.Fatalf("first load: %+v", i)
	}
	files, err := filepath.Glob(filepath.Join(dir, "snapshots", "*.snap"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	good, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	middle := len(good) / 2
	for good[middle] == 0 { // holes need not be looked at
		middle++
	}
	for name, bad := range map[string][]byte{
		"empty":     {},
		"short":     good[:20],
		"truncated": good[:len(good)/2],
		"flipped":   flip(good, middle),
		"version":   flip(good, 8),
		"magic":     flip(good, 0),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.Remove(files[0]); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], bad, 0o600); err != nil {
				t.Fatal(err)
			}
			i, lines := load()
			if !i.Snapshot || i.SnapshotStored {
				t.Errorf("a broken file was used: %+v", i)
			}
			if !strings.Contains(strings.Join(lines, "\n"), "the saved snapshot is not used: snapshot: reading file: ") {
				t.Errorf("the log does not say why: %q", lines)
			}
			if i, _ := load(); !i.SnapshotStored {
				t.Error("no good file took the broken one's place")
			}
		})
	}
}

func flip(b []byte, at int) []byte {
	c := append([]byte(nil), b...)
	c[at] ^= 0xff
	return c
}

// TestSnapshotKey changes what a booted instance depends on, one thing at a
// time, and expects another snapshot each time.
func TestSnapshotKey(t *testing.T) {
	dir := t.TempDir()
	base := runner.NewFunctionConfig("chaos").WithEnv(map[string]string{"A": "1"})
	configs := []runner.FunctionConfig{
		base,
		base.WithEnv(map[string]string{"A": "2"}),
		base.WithEnv(map[string]string{"A": "1", "B": ""}),
		base.WithSnapshot(runner.SnapshotInit),
		base.WithWarmup(do("echo", 0, "x").Payload),
		base.WithHandler("other"),
	}
	r := private(t, dir, nil)
	for n, cfg := range configs {
		f := runnertest.Load(t, r, cfg, chaos(t))
		if i := f.Inspect(); !i.Snapshot || i.SnapshotStored {
			t.Errorf("config %d shares a snapshot: %+v", n, i)
		}
	}
	for n, cfg := range configs {
		if f := runnertest.Load(t, r, cfg, chaos(t)); !f.Inspect().SnapshotStored {
			t.Errorf("config %d was booted again", n)
		}
	}
}

func TestInitializer(t *testing.T) {
	lines := runnertest.NewLines()
	r := private(t, runnertest.CacheDir(t), lines)
	env := map[string]string{"INIT": "yes"}
	for _, tt := range []struct {
		name string
		cfg  runner.FunctionConfig
		runs []string // as seen by three events
	}{
		{"boot", runner.NewFunctionConfig("f"), []string{"1", "1", "1"}},
		{"boot, fresh", runner.NewFunctionConfig("f").WithIsolation(runner.IsolationRequest), []string{"1", "1", "1"}},
		{"init, fresh", runner.NewFunctionConfig("f").WithIsolation(runner.IsolationRequest).WithSnapshot(runner.SnapshotInit), []string{"1", "1", "1"}},
		{"off", runner.NewFunctionConfig("f").WithSnapshot(runner.SnapshotOff), []string{"1", "1", "1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := runnertest.Load(t, r, tt.cfg.WithEnv(env), chaos(t))
			lines.Take()
			for _, want := range tt.runs {
				if got := invoke(t, f, do("inits", 0, "")); got != want {
					t.Errorf("initializer ran %s times, want %s", got, want)
				}
			}
			log := strings.Join(lines.Take(), "\n")
			starts := strings.Count(log, "FC Initialize Start RequestId: ")
			want := map[string]int{"boot": 1, "boot, fresh": 3, "init, fresh": 0, "off": 1}[tt.name]
			if starts != want {
				t.Errorf("%d Initialize lines, want %d:\n%s", starts, want, log)
			}
		})
	}
	t.Run("too slow", func(t *testing.T) {
		cfg := runner.NewFunctionConfig("f").WithInitializationTimeout(time.Second).WithEnv(map[string]string{"INIT": "hang"})
		_, err := runnertest.Load(t, r, cfg, chaos(t)).Invoke(context.Background(), do("echo", 0, ""))
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Function timed out after 1 second ") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("retried until it succeeds", func(t *testing.T) {
		f := runnertest.Load(t, r, runner.NewFunctionConfig("f").WithEnv(map[string]string{"INIT": "fail-twice"}), chaos(t))
		for range 2 {
			if _, err := f.Invoke(context.Background(), do("inits", 0, "")); err == nil || !strings.Contains(err.Error(), "not yet") {
				t.Errorf("error %v", err)
			}
		}
		for range 2 {
			if got := invoke(t, f, do("inits", 0, "")); got != "3" {
				t.Errorf("initializer ran %s times, want 3", got)
			}
		}
	})
}

func TestLifecycleHooks(t *testing.T) {
	lines := runnertest.NewLines()
	r := private(t, runnertest.CacheDir(t), lines)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("f").WithEnv(map[string]string{"INIT": "yes"}).WithMaxInstances(1), chaos(t))
	invoke(t, f, do("echo", 0, "x"))
	for i := 0; f.Stats().Idle != 1; i++ { // the pre-freeze hook runs behind the answer
		if i > 2000 {
			t.Fatal("the instance never became idle")
		}
		time.Sleep(time.Millisecond)
	}
	if err := f.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	log := strings.Join(lines.Take(), "\n")
	order := []string{
		"FC Initialize Start", "FC Initialize End", "FC Invoke Start", "FC Invoke End",
		"FC PreFreeze Start", "freezing", "FC PreFreeze End", "FC PreStop Start", "stopping", "FC PreStop End",
	}
	at := 0
	for _, want := range order {
		i := strings.Index(log[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing or out of order in:\n%s", want, log)
		}
		at += i
	}
}
