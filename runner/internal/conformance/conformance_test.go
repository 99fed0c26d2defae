package conformance_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/conformance"
)

// TestBase checks the server at $CONFORMANCE_BASE.
func TestBase(t *testing.T) {
	base := os.Getenv("CONFORMANCE_BASE")
	if base == "" {
		t.Skip("CONFORMANCE_BASE is not set")
	}
	except := map[string]string{}
	for _, key := range strings.FieldsFunc(os.Getenv("CONFORMANCE_EXCEPT"), func(r rune) bool { return r == ',' }) {
		except[strings.TrimSpace(key)] = "excepted by $CONFORMANCE_EXCEPT"
	}
	generation, ok := map[string]conformance.Generation{
		"": conformance.Both, "2.0": conformance.Only2, "3.0": conformance.Only3,
	}[os.Getenv("CONFORMANCE_GENERATION")]
	if !ok {
		t.Fatalf("CONFORMANCE_GENERATION is %q, want 2.0 or 3.0", os.Getenv("CONFORMANCE_GENERATION"))
	}
	conformance.Run(t, conformance.Subject{Base: base, Generation: generation, Except: except})
}

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
