package scenario_test

import (
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
)

// Under a code budget that binds some functions are resident and some are not,
// and what a budget evicts is counted.
func TestBudgetsBind(t *testing.T) {
	thorough(t)
	s, out := quickSuite(t)
	if err := s.Functions(t.Context(), 1, 12); err != nil {
		t.Fatal(err)
	}
	if err := s.Trace(t.Context(), 12, 512<<10); err != nil {
		t.Fatal(err)
	}
	set, err := record.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := set.Scenario("functions")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		v := l.Values
		t.Logf("%g functions: %v", l.X, v)
		if v["resident"] != l.X || v["kept"] > l.X/2+1 || v["kept"] >= l.X || l.X > 1 && v["kept"] == 0 {
			t.Errorf("%g functions: %v resident, %v under a budget of %v", l.X, v["resident"], v["kept"], v["codeBudget"])
		}
		if v["held"] <= 0 || v["reload"] <= v["warm"] {
			t.Errorf("%g functions: %v", l.X, v)
		}
	}
	for _, kind := range []string{"wafer", contender.NativeName} {
		l := find(set, "trace", kind)
		if l == nil || l.Values["failed"] != 0 || l.Values["ended"] <= 0 {
			t.Errorf("trace of %s: no line, failures, or nothing was evicted: %v", kind, l)
			continue
		}
		t.Logf("trace of %s: %v", kind, l.Values)
		if codes := l.Values["evicted"]; (codes > 0) != (kind == "wafer") {
			t.Errorf("trace of %s: %v codes were evicted", kind, codes)
		}
	}
}
