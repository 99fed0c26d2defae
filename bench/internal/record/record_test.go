package record_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/load"
)

func example() *record.Set {
	return &record.Set{
		Header: record.Header{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Memory: 1 << 30, Revision: "abc", Modules: map[string]string{"m": "v1"}},
		Lines: []record.Line{
			{
				Scenario: "warm", Contender: "wafer", Workload: "hello", Rounds: 2, Values: map[string]float64{"p50": 100}, Base: "native",
				Ratios: map[string]sample.Ratio{"p50": {Value: 1, Low: 0.9, High: 1.1}}, Points: []load.Point{{Quantile: 0.5, Value: 100}},
				Series: map[string][]float64{"p50": {100, 101}, "cpu": {50, 60}, "other": {1}},
			},
			{Scenario: "throughput", Contender: "wafer", Workload: "hello", X: 16, Series: map[string][]float64{"rate": {5000}}},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	want := example()
	var b bytes.Buffer
	w, err := record.NewWriter(&b, want.Header)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range want.Lines {
		if err := w.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(b.String(), "\n"); n != 3 {
		t.Errorf("%d lines, want 3", n)
	}
	got, err := record.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Scenario("throughput")) != 1 || len(got.Scenario("open")) != 0 {
		t.Error("lines are not found by their scenarios")
	}
	if _, err := record.Read(strings.NewReader(b.String()[:b.Len()-20])); err == nil {
		t.Error("a file that was cut off was read")
	}
}

func TestBenchstat(t *testing.T) {
	var b bytes.Buffer
	if err := example().Benchstat(&b); err != nil {
		t.Fatal(err)
	}
	want := `goos: linux
cpu: 
pkg: github.com/wafer-run/wafer/bench
BenchmarkWarm/workload=hello/contender=wafer	1	50 cpu-ns/op	100 ns/op
BenchmarkWarm/workload=hello/contender=wafer	1	60 cpu-ns/op	101 ns/op
BenchmarkThroughput/workload=hello/contender=wafer/x=16	1	5000 req/s
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
