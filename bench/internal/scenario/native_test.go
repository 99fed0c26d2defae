package scenario_test

import (
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Wherever sandboxes are measured cold or in numbers, native processes are
// beside them, and the data says how they compare.
func TestNativeBesideSandboxes(t *testing.T) {
	thorough(t)
	s, out := quickSuite(t, contender.Wafer(), contender.WaferNative())
	for _, err := range []error{s.Fresh(t.Context()), s.Temperatures(t.Context(), workload.Hello()), s.NativeInstances(t.Context())} {
		if err != nil {
			t.Fatal(err)
		}
	}
	set, err := record.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	// A sandbox is made in a fraction of the time that a process takes to
	// start, whatever else the machine does.
	for _, tc := range []struct{ scenario, process, sandbox string }{
		{"fresh", contender.NativeName, "wafer"},
		{"temperatures", contender.NativeAt("new instance"), "new instance"},
		{"temperatures", contender.NativeAt("warm"), "warm"},
	} {
		process, sandbox := find(set, tc.scenario, tc.process), find(set, tc.scenario, tc.sandbox)
		if process == nil || sandbox == nil {
			t.Errorf("%s: %s %v, %s %v", tc.scenario, tc.process, process, tc.sandbox, sandbox)
			continue
		}
		if r := process.Ratios["p50"]; process.Base != tc.sandbox || r.Value < 1 || process.Values["p50"] <= 0 {
			t.Errorf("%s of %s is %.0f ns, %v of %s with %.0f ns", tc.scenario, tc.process, process.Values["p50"], r, process.Base, sandbox.Values["p50"])
		}
	}
	for _, name := range []string{contender.KeptName, contender.NativeKeptName} {
		if l := find(set, "fresh", name); l == nil || l.Values["p50"] <= 0 || name == contender.NativeKeptName && l.Values["p50"] >= find(set, "fresh", contender.NativeName).Values["p50"] {
			t.Errorf("%s: %v", name, l)
		}
	}
	if l := find(set, "fresh", contender.EvictedName); l == nil || l.Note != "" || l.Values["p50"] <= 0 || l.Values["warm"] >= l.Values["p50"] {
		t.Errorf("a request that finds no code in memory: %v", l)
	}
	var counts []float64
	for _, l := range set.Scenario("instances") {
		counts = append(counts, l.X)
		v := l.Values
		if v["processes"] != 1+l.X || v["each"] < 256<<10 || v["own"] >= v["each"] || v["pss"] <= 0 || v["privateDirty"] <= 0 || v["new"] <= v["warm"] {
			t.Errorf("%g instances: %v", l.X, v)
		}
	}
	if len(counts) != 2 || counts[0] != 1 || counts[1] != 10 {
		t.Errorf("instances: %v", counts)
	}
}

// find returns the first line of a scenario for a contender, or nil.
func find(set *record.Set, scenario, contender string) *record.Line {
	for _, l := range set.Scenario(scenario) {
		if l.Contender == contender {
			return &l
		}
	}
	return nil
}
