package results_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/bench/load"
	"github.com/wafer-run/wafer/bench/results"
)

func latency(times ...time.Duration) *load.Latency {
	l := load.NewLatency()
	for _, t := range times {
		l.Add(t)
	}
	return l
}

// What is written can be read as data, by benchstat and by people.
func TestWrite(t *testing.T) {
	var times []time.Duration
	for i := range 100 {
		times = append(times, time.Duration(i/10+1)*time.Millisecond)
	}
	r := &results.Results{
		Module: "mine <1>", Version: "v9", Command: "wafer bench mine.wasm",
		Steps: []ladder.Step{
			{Temperature: ladder.Deploy, Latency: latency(3 * time.Second), Times: []time.Duration{3 * time.Second}},
			{Temperature: ladder.ColdCode, Latency: load.NewLatency(), Note: "this code stays in memory"},
			{Temperature: ladder.Warm, Latency: latency(times...), Times: times},
		},
	}
	for _, n := range []int{1, 16} {
		round := &load.Result{Latency: latency(time.Millisecond), Took: time.Millisecond / time.Duration(n)}
		r.Loads = append(r.Loads, results.Load{InFlight: n, Rounds: []*load.Result{round, round}})
	}
	dir := filepath.Join(t.TempDir(), "new", "out")
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(dir, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set, err := record.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if h := set.Header; len(set.Lines) != 5 || h.Module != "mine <1>" || h.Revision != "v9" || h.Machine.CPUs == 0 {
		t.Errorf("%d lines, header %+v", len(set.Lines), h)
	}
	for name, wants := range map[string][]string{
		"results.txt": {
			"BenchmarkTemperatures/workload=mine_<1>/contender=deploy/x=1\t1\t3e+09 ns/op\n", "contender=warm/x=3\t1\t1e+06 ns/op\n", "\t1e+07 ns/op\n",
			"BenchmarkLoad/workload=mine_<1>/contender=wafer/x=16\t1\t", " ns/op\t16000 req/s\n",
		},
		"report.html": {
			"benchmarks of mine &lt;1&gt;", "revision v9", "Temperatures: mine", "this code stays in memory", "Load: mine", "16000/s", "<svg", "wafer bench mine.wasm",
		},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || strings.Contains(string(text), "Subjects that are compared") {
		t.Errorf("the page compares something, error %v", err)
	}
	if err := r.Write(filepath.Join(dir, "report.html")); err == nil {
		t.Error("results were written into a file")
	}
}
