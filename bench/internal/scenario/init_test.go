package scenario_test

import (
	"errors"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// A handler with a slow initializer is measured with a snapshot that has it
// behind it as well, and others are not.
func TestInitializedSnapshot(t *testing.T) {
	thorough(t)
	s, out := quickSuite(t, contender.Wafer(), contender.WaferInit())
	work := workload.Named("warmup")
	for _, err := range []error{s.Starts(t.Context(), work), s.Initialized(t.Context(), work)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	set, err := record.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	with, without := find(set, "starts", contender.InitName), find(set, "starts", "wafer")
	if with == nil || without == nil || with.Values["first"] <= 0 || with.Values["first"] >= without.Values["first"] {
		t.Errorf("started in %v, without it in %v", with, without)
	}
	// The initializer takes some tenths of a second, and more.
	if l := find(set, "temperatures", contender.InitAt("new instance")); l == nil || l.Values["p50"] <= 0 || l.Values["p50"] > 100e6 {
		t.Errorf("a new instance: %v", l)
	}
	if _, err := contender.WaferInit().Start(t.Context(), s.Shop, workload.Hello()); !errors.Is(err, contender.ErrUnsuited) {
		t.Errorf("without an initializer: error %v", err)
	}
}
