package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/report"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/load"
)

func example() *record.Set {
	points := []load.Point{{Quantile: 0, Value: 1000}, {Quantile: 0.5, Value: 2000}, {Quantile: 0.99, Value: 9000}, {Quantile: 1, Value: 20000}}
	values := map[string]float64{"p50": 21_300, "p99": 90_000, "rate": 12_345, "each": 200 << 10, "held": 2 << 30, "own": 30 << 10, "new": 1e6, "warm": 3e4, "first": 38e6, "calls": 100}
	set := &record.Set{Header: record.Header{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Memory: 24 << 30, Revision: "abc123", Modules: map[string]string{"example.com/<m>": "v1"}}}
	for _, l := range []record.Line{
		{Scenario: "warm", Contender: "wafer", Workload: "hello", X: 1},
		{Scenario: "warm", Contender: "native", Workload: "hello", X: 1, Base: "wafer", Ratios: map[string]sample.Ratio{"p50": {Value: 1.5, Low: 1.25, High: 1.75}}},
		{Scenario: "throughput", Contender: "wafer", Workload: "hello", X: 16},
		{Scenario: "open", Contender: "wafer", Workload: "hello", X: 0.5, Points: points},
		{Scenario: "starts", Contender: "wafer", Workload: "hello"},
		{Scenario: "temperatures", Contender: "cold code", Workload: "hello", X: 3},
		{Scenario: "instances", Contender: "wafer", Workload: "hello", X: 1},
		{Scenario: "temperatures", Contender: "new instance", Workload: "hello", X: 4},
		{Scenario: "temperatures", Contender: "wafer-native, new instance", Workload: "hello", X: 4, Base: "new instance", Ratios: map[string]sample.Ratio{"p50": {Value: 99, Low: 88, High: 111}}},
		{Scenario: "fresh", Contender: "wafer", Workload: "hello"},
		{Scenario: "fresh", Contender: "wafer-native", Workload: "hello", Base: "wafer", Ratios: map[string]sample.Ratio{"p50": {Value: 7, Low: 6, High: 8}}},
		{Scenario: "instances", Contender: "wafer", Workload: "hello", X: 1000},
		{Scenario: "instances", Contender: "wafer-native", Workload: "hello", X: 1},
		{Scenario: "instances", Contender: "wafer-native", Workload: "hello", X: 10},
		{Scenario: "functions", Contender: "wafer", Workload: "hello", X: 1},
		{Scenario: "functions", Contender: "wafer", Workload: "hello", X: 1000},
		{Scenario: "trace", Contender: "wafer-native", Workload: "hello", X: 1 << 30, Series: map[string][]float64{"memory": {1, 2, 3}}},
	} {
		l.Values = map[string]float64{}
		for k, v := range values {
			l.Values[k] = v
		}
		l.Values["new instance"], l.Values["cold code"] = 0.25, 0.125
		set.Lines = append(set.Lines, l)
	}
	set.Lines = append(set.Lines, record.Line{Scenario: "warm", Contender: "extism", Workload: "hello", Note: "not <available>"})
	return set
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := report.Write(dir, example()); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"abc123", "24 GiB", "1.5 (1.25 to 1.75)", "21.3 µs", "12345/s", "cold code", "200 KiB", "not &lt;available&gt;", "example.com/&lt;m&gt;",
		"One request at a time", "Latency of requests that come when they come", "Memory of live instances", "Memory of different functions", "resident under it", "codes evicted",
		"A request that gets a sandbox or a process of its own", "what calls found", "native behind wafer, 1 GiB", "native behind wafer, new instance", "native, of each in wafer itself",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(string(page), "<svg"); n < 7 {
		t.Errorf("%d charts in the page", n)
	}
	for _, elsewhere := range []string{"<script src", "<link", "<img", "@import"} {
		if strings.Contains(string(page), elsewhere) {
			t.Errorf("the page needs something else: %s", elsewhere)
		}
	}
	for _, name := range []string{"warm.svg", "warm.png", "latency.svg", "instances.png", "functions.svg", "functions-latency.svg", "trace.svg"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A run of some scenarios only makes a report as well.
func TestWriteLittle(t *testing.T) {
	set := example()
	set.Lines = set.Lines[:1]
	if err := report.Write(t.TempDir(), set); err != nil {
		t.Error(err)
	}
	set.Lines = nil
	if err := report.Write(t.TempDir(), set); err != nil {
		t.Error(err)
	}
}
