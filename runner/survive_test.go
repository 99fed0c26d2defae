package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestSurvivesFailures runs a thousand of each kind of bad invocation and then
// looks at what is left: the harness checks goroutines, descriptors and
// mappings, this test memory and counters.
func TestSurvivesFailures(t *testing.T) {
	times := 1000
	if testing.Short() {
		times = 50
	}
	r := runnertest.New(t)
	cfg := runner.NewFunctionConfig("chaos").WithMemory(16).WithMaxInstances(4).WithQueue(64, time.Minute)
	for _, tt := range []struct {
		name string
		cfg  runner.FunctionConfig
		ev   runner.Event
		kind runner.ErrorKind
	}{
		{"panic", cfg, do("panic", 0, "ouch"), runner.HandlerFailed},
		{"exit", cfg, do("exit", 1, ""), runner.Exited},
		{"memory", cfg, do("alloc", 64, ""), runner.OutOfMemory},
		{"timeout", cfg.WithTimeout(3 * time.Millisecond), do("spin", 0, ""), runner.TimedOut},
		{"stack", cfg, do("recurse", 1<<30, ""), runner.Exited},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "stack" {
				times = min(times, 20) // each takes Go's whole stack limit
			}
			f := runnertest.Load(t, r, tt.cfg, chaos(t))
			before := heap()
			var wg sync.WaitGroup
			errs := make(chan error, times)
			for range 4 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range times / 4 {
						_, err := f.Invoke(context.Background(), tt.ev)
						var failed *runner.InvokeError
						if !errors.As(err, &failed) || failed.Kind != tt.kind && failed.Kind != runner.OutOfMemory {
							errs <- fmt.Errorf("error %w, want kind %q", err, tt.kind)
							return
						}
					}
				}()
			}
			wg.Wait()
			close(errs)
			for err := range errs {
				t.Error(err)
			}
			s := f.Stats()
			if s.Busy != 0 || s.Waiting != 0 || s.Live != s.Idle || s.Live > 4 || s.Created-s.Destroyed != int64(s.Live) {
				t.Errorf("counters do not add up: %+v", s)
			}
			if after := heap(); after > before+64<<20 { // four memories, where they live on the heap
				t.Errorf("heap grew from %d to %d MB", before>>20, after>>20)
			}
			if err := f.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			if s := f.Stats(); s.Live != 0 || s.Created != s.Destroyed {
				t.Errorf("after Close: %+v", s)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestNoSecretsLeft looks for what one request wrote in the memory of the
// next, for every way an instance gets ready again: copied back, dropped,
// replaced after growth, after a kill, and after being grown by a refusal.
func TestNoSecretsLeft(t *testing.T) {
	const secret = "tr0ub4dor&3-the-secret"
	r := runnertest.New(t)
	ways := []struct {
		name string
		do   []runner.Event
	}{
		{"copied", []runner.Event{do("secret", 0, secret)}},
		{"many pages", []runner.Event{do("secret", 0, strings.Repeat(secret, 40_000))}},
		{"grown", []runner.Event{do("secret", 0, secret), do("alloc", 8, secret)}},
		{"killed", []runner.Event{do("spin", 0, secret)}},
		{"panicked", []runner.Event{do("panic", 0, secret)}},
		{"exited", []runner.Event{do("exit", 0, secret)}},
		{"refused", []runner.Event{do("alloc", 64, secret)}},
		{"failed to parse", []runner.Event{{Payload: []byte(`{"do": "` + secret)}}},
	}
	cfg := runner.NewFunctionConfig("chaos").WithMemory(32).WithIsolation(runner.IsolationRequest).
		WithMaxInstances(1).WithTimeout(300 * time.Millisecond)
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			f := runnertest.Load(t, r, cfg, chaos(t))
			for round := range 3 {
				for _, ev := range way.do {
					_, _ = f.Invoke(context.Background(), ev) // some fail, as they should
				}
				for _, mem := range runner.Memories(f) {
					if at := strings.Index(string(mem), secret); at >= 0 {
						t.Fatalf("round %d: the secret is at %#x of %d bytes", round, at, len(mem))
					}
				}
				if got := invoke(t, f, do("count", 0, "")); got != "1" {
					t.Fatalf("round %d: counter is %s", round, got)
				}
			}
		})
	}
}

// TestSecretIsThereWithoutReset shows that the search above would find it.
func TestSecretIsThereWithoutReset(t *testing.T) {
	const secret = "tr0ub4dor&3-the-secret"
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxInstances(1), chaos(t))
	invoke(t, f, do("secret", 0, secret))
	found := false
	for _, mem := range runner.Memories(f) {
		found = found || strings.Contains(string(mem), secret)
	}
	if !found {
		t.Fatal("the secret is not found in an instance that keeps it")
	}
}

func TestManyMappings(t *testing.T) {
	if _, err := os.Stat("/proc/self/maps"); err != nil {
		t.Skip("no /proc")
	}
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxInstances(64).WithQueue(0, 0), chaos(t))
	var wg sync.WaitGroup
	before := mappings(t)
	for range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			invokeQuietly(f, do("sleep", 200, ""))
		}()
	}
	wg.Wait()
	live := f.Stats().Live
	if per := float64(mappings(t)-before) / float64(live); live < 2 || per > 3.5 {
		t.Errorf("%d instances hold %.1f mappings each, want at most 3", live, per)
	}
}

func invokeQuietly(f *runner.Function, ev runner.Event) { _, _ = f.Invoke(context.Background(), ev) }

func mappings(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}
