package runner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// rested waits until the one instance of f rests, if there is one.
func rested(t *testing.T, f *runner.Function) {
	t.Helper()
	for i := 0; ; i++ {
		if s := f.Stats(); s.Resting == s.Live {
			return
		}
		if i > 20_000 {
			t.Fatalf("the instance never rested: %+v", f.Stats())
		}
		time.Sleep(time.Millisecond)
	}
}

// TestRest has an instance rest after each invocation, and expects that it
// forgets nothing.
func TestRest(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxInstances(1).WithRestTime(time.Millisecond), chaos(t))
	for round := 1; round <= 4; round++ {
		if got := invoke(t, f, do("count", 0, "")); got != fmt.Sprint(round) {
			t.Errorf("round %d: counter is %s", round, got)
		}
		rested(t, f)
		text := strings.Repeat("text", round)
		if got := invoke(t, f, do("echo", 0, text)); got != fmt.Sprintf("%q", text) {
			t.Errorf("round %d: answer %s", round, got)
		}
		rested(t, f)
		if got := invoke(t, f, do("alloc", 1, "")); got != fmt.Sprint(round) { // it grows, too
			t.Errorf("round %d: answer %s", round, got)
		}
		rested(t, f)
	}
	if s := f.Stats(); s.Created != 1 || s.Live != 1 {
		t.Errorf("it was not one instance all the time: %+v", s)
	}
	if _, err := f.Invoke(context.Background(), do("panic", 0, "x")); err == nil {
		t.Error("no error")
	}
	if got := invoke(t, f, do("count", 0, "")); got != "5" && got != "1" {
		t.Errorf("counter is %s", got)
	}
}

// TestRestOfARequest has instances rest that have been reset.
func TestRestOfARequest(t *testing.T) {
	const secret = "tr0ub4dor&3-the-secret"
	r := runnertest.New(t)
	cfg := runner.NewFunctionConfig("chaos").WithMaxInstances(1).WithIsolation(runner.IsolationRequest).WithRestTime(time.Millisecond)
	f := runnertest.Load(t, r, cfg, chaos(t))
	for round := range 4 {
		invoke(t, f, do("secret", 0, secret))
		if round%2 == 0 {
			rested(t, f)
		}
		for _, mem := range runner.Memories(f) {
			if at := strings.Index(string(mem), secret); at >= 0 {
				t.Fatalf("round %d: the secret is at %#x of %d bytes", round, at, len(mem))
			}
		}
		if got := invoke(t, f, do("count", 0, "")); got != "1" {
			t.Errorf("round %d: counter is %s", round, got)
		}
	}
}

// TestNoSecretsInherited looks for what one instance wrote in the memory of the
// next, which may be the same memory: small, grown, resting, killed.
func TestNoSecretsInherited(t *testing.T) {
	const secret = "tr0ub4dor&3-the-secret"
	r := runnertest.New(t)
	cfg := runner.NewFunctionConfig("chaos").WithMemory(32).WithMaxInstances(1).
		WithTimeout(300 * time.Millisecond).WithRestTime(time.Millisecond)
	for name, ways := range map[string][]runner.Event{
		"small":      {do("secret", 0, secret)},
		"many pages": {do("secret", 0, strings.Repeat(secret, 40_000))},
		"grown":      {do("secret", 0, secret), do("alloc", 8, secret)},
	} {
		for _, rest := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, rest %v", name, rest), func(t *testing.T) {
				f := runnertest.Load(t, r, cfg, chaos(t))
				for round := range 4 {
					for _, ev := range ways {
						_, _ = f.Invoke(context.Background(), ev)
					}
					if rest {
						rested(t, f)
					}
					end := do("exit", 0, secret)
					if round%2 == 1 {
						end = do("spin", 0, secret)
					}
					if _, err := f.Invoke(context.Background(), end); err == nil {
						t.Fatal("the instance lives on")
					}
					if got := invoke(t, f, do("count", 0, "")); got != "1" {
						t.Errorf("round %d: counter is %s", round, got)
					}
					for _, mem := range runner.Memories(f) {
						if at := strings.Index(string(mem), secret); at >= 0 {
							t.Fatalf("round %d: the secret is at %#x of %d bytes", round, at, len(mem))
						}
					}
				}
			})
		}
	}
}
