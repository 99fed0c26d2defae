package experiment

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
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
	text, err := os.ReadFile("../../../RATIONALE.md")
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{"an event": eventAllocations, "HTTP to a function that answers itself": httpAllocations} {
		if row := fmt.Sprintf("\n| **%d** | **%s** |", n, what); !strings.Contains(string(text), row) {
			t.Errorf("RATIONALE.md has no row %q", row)
		}
	}
}
