package scenario_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/scenario"
	"github.com/wafer-run/wafer/bench/internal/subject"
)

// What is compared with another revision includes throughput, what starts cold,
// and memory; a tree that is compared with itself is not worse by far.
func TestTrials(t *testing.T) {
	thorough(t)
	root, err := subject.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shop := contender.NewWorkshop(root, t.TempDir())
	s := &scenario.Suite{Shop: shop, Quick: true, Progress: t.Logf}
	for _, name := range []string{"16 at a time, hello", "new instance, hello", "cold code, hello", "memory, warm", "memory, resting instance"} {
		r, err := s.Trial(t.Context(), name, shop)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%s: %.3f (%.3f to %.3f)", name, r.Value, r.Low, r.High)
		if r.Value < 0.5 || r.Value > 2 || r.Low > r.Value || r.High < r.Value {
			t.Errorf("%s: %+v of itself", name, r)
		}
	}
}

// The library of another tree is measured by this tree's harness; one that lacks
// what it needs is left out, with a note.
func TestHarnessOfAnotherTree(t *testing.T) {
	thorough(t)
	root, err := subject.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(other, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(other, "bench/cmd/bench"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "bench/cmd/bench/gone.go"), []byte("package old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// It has no library at all.
	_, err = contender.NewWorkshop(other, t.TempDir()).TakeHandlersFrom(root).Harness(t.Context())
	if _, ok := err.(*contender.Unavailable); !ok { //nolint:errorlint // it is not wrapped
		t.Errorf("error %v, want one that says it is not available", err)
	}
	for _, dir := range []string{"abi", "hostfns", "runner", "guest"} {
		if out, err := exec.CommandContext(t.Context(), "cp", "-r", filepath.Join(root, dir), other).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if _, err := contender.NewWorkshop(other, t.TempDir()).TakeHandlersFrom(root).Harness(t.Context()); err != nil {
		t.Error(err)
	}
}
