package scenario_test

import (
	"maps"
	"math"
	"os"
	"testing"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/scenario"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// thorough skips tests that build and compile subjects for a minute each.
func thorough(t *testing.T) {
	t.Helper()
	if os.Getenv("WAFER_TEST_ALL") == "" {
		t.Skip("takes a minute: only with WAFER_TEST_ALL")
	}
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == contender.Flag {
		if err := contender.Serve(os.Args[2:]); err != nil {
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == child.Flag {
		if err := child.Serve(os.Args[2], services(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func services() map[string]any {
	all := scenario.Services()
	maps.Copy(all, experiment.Services())
	return all
}

// start starts raw fasthttp that waits before it answers.
func start(t *testing.T, delay time.Duration) *contender.Endpoint {
	t.Helper()
	root, err := subject.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := contender.Slowed(delay.String(), delay).Start(t.Context(), contender.NewWorkshop(root, t.TempDir()), workload.Hello())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// A subject that is made to wait a millisecond is found to be a millisecond
// slower.
func TestInjectedDelayIsFound(t *testing.T) {
	const injected = time.Millisecond
	plain, slow := start(t, 0), start(t, injected)
	var fast, late *load.Result
	for range 3 { // the machine may be busy with something else: the least noisy try counts
		fast = load.Closed{Workers: 1, Requests: 300}.Run(t.Context(), plain.Do)
		late = load.Closed{Workers: 1, Requests: 300}.Run(t.Context(), slow.Do)
		if fast.Err != nil || late.Err != nil {
			t.Fatal(fast.Err, late.Err)
		}
		// The quickest of a hundred are those that nothing disturbed.
		found := late.Latency.Quantile(0.01) - fast.Latency.Quantile(0.01)
		if off := math.Abs(float64(found-injected)) / float64(injected); off < 0.2 {
			return
		}
	}
	t.Errorf("without delay %v, with one of %v %v", fast.Latency.Quantile(0.01), injected, late.Latency.Quantile(0.01))
}

// Two subjects that are the same differ by less than the noise that is stated.
func TestSameSubjectsAreTheSame(t *testing.T) {
	a, b := start(t, 0), start(t, 0)
	// The interval is to hold the truth 95 times in a hundred: of three tries
	// one in eight thousand misses it each time.
	for try := range 3 {
		r, err := scenario.Ratio(t.Context(), 12, 30*time.Millisecond, a.Do, b.Do)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("try %d: %.3f (%.3f to %.3f)", try, r.Value, r.Low, r.High)
		if r.Low <= 1 && 1 <= r.High || math.Abs(r.Value-1) < 0.02 {
			return
		}
	}
	t.Error("two subjects that are the same were told apart three times")
}

func TestVerdict(t *testing.T) {
	slow := scenario.Verdict{}
	slow.Ratio.Value, slow.Ratio.Low, slow.Ratio.High = 1.2, 1.1, 1.3
	noisy := scenario.Verdict{}
	noisy.Ratio.Value, noisy.Ratio.Low, noisy.Ratio.High = 1.2, 0.9, 1.6
	if !slow.Worse() || noisy.Worse() {
		t.Errorf("slow %t, noisy %t", slow.Worse(), noisy.Worse())
	}
}
