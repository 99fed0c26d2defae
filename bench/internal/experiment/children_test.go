package experiment

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// module writes the hello function to a file.
func module(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hello.wasm")
	if err := os.WriteFile(file, runnertest.Build(t, "../../testdata/hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestInstances fills a process with instances and expects all to answer.
func TestInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	const n = 7
	var c Instances
	var memory proc.Memory
	if err := c.Open(OpenArgs{Wasm: module(t), Cache: runnertest.CacheDir(t), Max: n, Touch: 1 << 20}, &memory); err != nil {
		t.Fatal(err)
	}
	defer c.runner.Close(t.Context())
	if memory.PrivateDirty == 0 {
		t.Error("it takes no memory")
	}
	for _, tc := range []struct{ n, made int }{{3, 3}, {n, n - 3}, {n, 0}} {
		var made Answers
		if err := c.Answer(tc.n, &made); err != nil || made.Made != tc.made {
			t.Fatalf("%d at once: %d were made, %v; want %d", tc.n, made.Made, err, tc.made)
		}
		if live := c.held.Stats().Live; live != max(tc.n, made.Made) {
			t.Errorf("%d instances, want %d", live, tc.n)
		}
	}
	if err := c.Settle(struct{}{}, nil); err != nil {
		t.Error(err)
	}
	var took []time.Duration
	if err := c.New(4, &took); err != nil || len(took) != 4 || took[0] <= 0 {
		t.Errorf("new instances took %v, %v", took, err)
	}
	if live := c.held.Stats().Live; live != n {
		t.Errorf("%d instances were left, want %d", live, n)
	}
}

// TestNativeInstances starts processes of a native program and expects all to
// answer, to be counted, and to be gone in the end.
func TestNativeInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	const n = 4
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../testdata/native").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var c NativeInstances
	var none, full NativeMemory
	if err := c.Open(NativeArgs{Program: program, Max: n}, &none); err != nil {
		t.Fatal(err)
	}
	defer c.runtime.Close(t.Context())
	for _, tc := range []struct{ n, made int }{{1, 1}, {n, n - 1}, {n, 0}} {
		var made Answers
		if err := c.Answer(tc.n, &made); err != nil || made.Made != tc.made {
			t.Fatalf("%d at once: %d were made, %v; want %d", tc.n, made.Made, err, tc.made)
		}
	}
	if err := c.Memory(struct{}{}, &full); err != nil {
		t.Fatal(err)
	}
	if more := full.Tree.Processes - none.Tree.Processes; more != n {
		t.Errorf("there are %d processes more, want %d", more, n)
	}
	// A program in Go holds some hundred KiB at the least.
	if held, own := full.Tree.Memory.Held()-none.Tree.Memory.Held(), full.Own.Held()-none.Own.Held(); held < n*256<<10 || own >= held {
		t.Errorf("%d processes hold %d bytes, of which wafer %d", n, held, own)
	}
	var took []time.Duration
	if err := c.New(2, &took); err != nil || len(took) != 2 {
		t.Fatalf("new instances took %v, %v", took, err)
	}
	started := min(took[0], took[1])
	if live := c.held.Stats().Live; live != n {
		t.Errorf("%d instances were left, want %d", live, n)
	}
	if err := c.Warm(20, &took); err != nil || len(took) != 20 {
		t.Fatalf("warm ones took %v, %v", took, err)
	}
	if warm := slices.Min(took); warm <= 0 || warm > started {
		t.Errorf("a warm call took %v, a new process %v", warm, started)
	}
	if err := c.Close(struct{}{}, nil); err != nil {
		t.Error(err)
	}
	if err := c.Memory(struct{}{}, &full); err != nil || full.Tree.Processes != none.Tree.Processes {
		t.Errorf("%d processes were left, want %d; %v", full.Tree.Processes, none.Tree.Processes, err)
	}
}

// TestFunctions fills a process with forks.
func TestFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	const n = 3
	file, cache := module(t), t.TempDir()
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner.New(t.Context(), runner.NewConfig().WithCacheDir(cache))
	if err != nil {
		t.Fatal(err)
	}
	base := runnertest.Load(t, r, runner.NewFunctionConfig("base"), wasm)
	reason := base.Inspect().CodeReason
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if reason != "" {
		t.Skipf("code is not mapped here: %s", reason)
	}
	forks, err := subject.NewForks(cache, wasm)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := forks.Make(i); err != nil {
			t.Fatal(err)
		}
	}
	var memory FunctionsMemory
	if err := (&Functions{}).Load(FunctionsArgs{Wasm: file, Cache: cache, Count: n, Touch: 1 << 20}, &memory); err != nil {
		t.Fatal(err)
	}
	if memory.Reloaded != 0 || memory.All.Proportional <= memory.None.Proportional {
		t.Errorf("%+v", memory)
	}
	if err := (&Functions{}).Load(FunctionsArgs{Wasm: file, Cache: cache, Count: n + 1, Touch: 1 << 20}, &memory); err == nil {
		t.Error("a fork that does not exist counts as prepared")
	}
}

// TestRestart answers once from a prepared cache.
func TestRestart(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	var took RestartTimes
	if err := (&Restart{}).Run(RestartArgs{Wasm: module(t), Cache: runnertest.CacheDir(t)}, &took); err != nil {
		t.Fatal(err)
	}
	if took.New <= 0 || took.Load <= 0 || took.Invoke <= 0 || took.Total != took.New+took.Load+took.Invoke {
		t.Errorf("%+v", took)
	}
}
