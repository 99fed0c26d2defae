package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

func TestAccounts(t *testing.T) {
	r := runnertest.New(t)
	load := func(name, tenant string) *runner.Function {
		return runnertest.Load(t, r, runner.NewFunctionConfig(name).WithTenant(tenant), chaos(t))
	}
	a1, a2, b := load("a1", "a"), load("a2", "a"), load("b", "b")
	before := r.Tenant("a") // booting is work, too
	var sum time.Duration
	for _, f := range []*runner.Function{a1, a1, a2, b} {
		res, err := f.Invoke(context.Background(), do("work", 1_000_000, ""))
		if err != nil {
			t.Fatal(err)
		}
		if f != b {
			sum += res.Usage.CPU
		}
	}
	a := r.Tenant("a")
	if a.Invocations != 3 || a.Ticks < 3_000_000 || a.CPU-before.CPU < sum {
		t.Errorf("tenant a has %+v, at least %v of CPU were used", a, sum)
	}
	if s := a1.Stats(); s.Invocations != 2 || s.Ticks < 2_000_000 || s.CPU == 0 {
		t.Errorf("function a1 has %+v", s)
	}
	if n := r.Tenant("b").Invocations; n != 1 {
		t.Errorf("tenant b has %d invocations", n)
	}
	if n := r.Tenant("nobody"); n != (runner.Account{}) {
		t.Errorf("an unknown tenant has %+v", n)
	}
	// A guest that has not ended yet is charged all the same.
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	start := b.Stats().CPU
	go func() {
		defer close(done)
		_, _ = b.Invoke(ctx, do("spin", 0, ""))
	}()
	for i := 0; b.Stats().CPU-start < 20*time.Millisecond; i++ {
		if i > 5000 {
			t.Fatal("a running guest is not charged")
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	<-done
}
