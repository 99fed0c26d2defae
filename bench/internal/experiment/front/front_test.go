package front

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

// What the front's benchmarks print is read with its names, runs and units.
func TestReadBenchmarks(t *testing.T) {
	const text = `goos: linux
pkg: github.com/wafer-run/wafer/runner/internal/front
BenchmarkCompare-2   	       5	         0 ns/op	         0.9000 front-event/fasthttp	     15000 net/http-req/s
BenchmarkCompare-2   	       5	         0 ns/op	         0.4000 front-event/fasthttp	     16000 net/http-req/s
BenchmarkHandler/invoke-2         	   10000	      1500 ns/op	    1000 B/op	       4 allocs/op
PASS
`
	b, err := readBenchmarks([]byte(text), "text")
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.ratio("Compare", "front-event/fasthttp")
	if err != nil || math.Abs(o.Value-0.6) > 1e-9 || o.Low <= 0 || o.Low >= 0.4 || o.High <= 0.9 {
		t.Errorf("%+v, error %v, want the geometric mean 0.6 and an interval around both", o, err)
	}
	if list, err := b.of("Handler/invoke", "allocs/op"); err != nil || len(list) != 1 || list[0] != 4 {
		t.Errorf("allocations %v, error %v", list, err)
	}
	if _, err := b.ratio("Compare", "front-http/fasthttp"); !errors.Is(err, errNoValue) {
		t.Errorf("error %v for a value that is not there", err)
	}
	if _, err := readBenchmarks([]byte("BenchmarkCompare-2 5 x\n"), "text"); err == nil {
		t.Error("a line that is no result was read")
	}
}

// What is asked of the front is what RATIONALE.md lists.
func TestFrontAllocationsListed(t *testing.T) {
	text, err := os.ReadFile("../../../../RATIONALE.md")
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{"an event": eventAllocations, "HTTP": httpAllocations} {
		if row := fmt.Sprintf("\n| **%d** | **%s** |", n, what); !strings.Contains(string(text), row) {
			t.Errorf("RATIONALE.md has no row %q", row)
		}
	}
}

// The harness of the benchmarks builds with the modules of older revisions, which
// do not require what this package imports.
func TestHarnessDoesWithout(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/wafer-run/wafer/bench/cmd/bench").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "golang.org/x/perf/") {
		t.Error("bench/cmd/bench imports golang.org/x/perf")
	}
}

// TestAll expects figures that can be told apart, and missed where they have a
// target.
func TestAll(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range All() {
		for _, f := range e.Figures {
			if f.Name == "" || seen[f.Name] || f.Title == "" || f.Unit == "" || (f.Target > 0) == (f.Aim == figure.None) {
				t.Errorf("figure %+v", f)
			}
			seen[f.Name] = true
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d figures", len(seen))
	}
}
