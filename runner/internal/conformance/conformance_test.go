package conformance_test

import (
	"os"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/conformance"
)

// TestRows checks the rows themselves.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	sources := conformance.Sources()
	for _, r := range conformance.Rows() {
		if seen[r.ID()] {
			t.Errorf("there are two rows %s", r.ID())
		}
		seen[r.ID()] = true
		if sources[r.Source] == "" {
			t.Errorf("%s: no source %q", r.ID(), r.Source)
		}
	}
	if len(seen) < 150 {
		t.Errorf("only %d rows", len(seen))
	}
}

// TestBehavioursAreTheSame compares what the two programs have in common.
func TestBehavioursAreTheSame(t *testing.T) {
	a, err := os.ReadFile("testdata/handlers/behaviour.go")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("testdata/server/behaviour.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Error("testdata/handlers/behaviour.go and testdata/server/behaviour.go differ")
	}
}
