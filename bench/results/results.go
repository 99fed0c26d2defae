// Package results writes what was measured of one module as the benchmarks
// write what they measure: as data, as text for benchstat, and as a page with
// charts.
package results

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/report"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/bench/load"
)

// Results are what was measured of a module.
type Results struct {
	Module  string // what it is called
	Version string // of what has measured it
	Command string // how to measure it again
	Steps   []ladder.Step
	Loads   []Load
}

// Load is a closed load that was put on the module several times.
type Load struct {
	InFlight int
	Rounds   []*load.Result
}

// Latency returns the latencies of all rounds.
func (l Load) Latency() *load.Latency {
	all := load.NewLatency()
	for _, r := range l.Rounds {
		all.Merge(r.Latency)
	}
	return all
}

// Rate returns the median of the rounds' calls per second.
func (l Load) Rate() float64 { return sample.Median(l.rates()) }

func (l Load) rates() (list []float64) {
	for _, r := range l.Rounds {
		list = append(list, r.Rate())
	}
	return list
}

// Write writes results.jsonl, results.txt, report.html and its charts into a
// directory, which is made if there is none.
func (r *Results) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	set := record.Set{Header: record.Here()}
	set.Header.Module, set.Header.Revision, set.Header.Command = r.Module, r.Version, r.Command
	for i, s := range r.Steps {
		set.Lines = append(set.Lines, r.step(i, s))
	}
	for _, l := range r.Loads {
		set.Lines = append(set.Lines, r.load(l))
	}
	if err := r.data(filepath.Join(dir, "results.jsonl"), &set); err != nil {
		return err
	}
	return report.Write(dir, &set)
}

// data writes the lines.
func (r *Results) data(path string, set *record.Set) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	defer file.Close() // what counts is the other one
	w, err := record.NewWriter(file, set.Header)
	if err != nil {
		return err
	}
	for _, l := range set.Lines {
		if err := w.Add(l); err != nil {
			return err
		}
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

func (r *Results) step(i int, s ladder.Step) record.Line {
	l := record.Line{Scenario: "temperatures", Contender: string(s.Temperature), Workload: r.Module, X: float64(i + 1), Note: s.Note}
	if n := s.Latency.Count(); n > 0 {
		l.Rounds, l.Points, l.Values = int(n), s.Latency.Points(), quantiles(s.Latency)
		l.Series = map[string][]float64{"p50": medians(s.Times)}
	}
	return l
}

func (r *Results) load(of Load) record.Line {
	l := record.Line{Scenario: "load", Contender: "wafer", Workload: r.Module, X: float64(of.InFlight), Rounds: len(of.Rounds)}
	all := of.Latency()
	l.Points, l.Values = all.Points(), quantiles(all)
	l.Values["rate"] = of.Rate()
	l.Series = map[string][]float64{"rate": of.rates()}
	for _, round := range of.Rounds {
		l.Series["p50"] = append(l.Series["p50"], float64(round.Latency.Quantile(0.5)))
	}
	return l
}

func quantiles(l *load.Latency) map[string]float64 {
	return map[string]float64{
		"p50": float64(l.Quantile(0.5)), "p90": float64(l.Quantile(0.9)), "p99": float64(l.Quantile(0.99)), "p99.9": float64(l.Quantile(0.999)),
	}
}

// medians divides times into at most ten parts, which benchstat takes for
// rounds, and returns the median of each.
func medians(times []time.Duration) (list []float64) {
	parts := min(len(times), 10)
	for i := range parts {
		var part []float64
		for _, t := range times[i*len(times)/parts : (i+1)*len(times)/parts] {
			part = append(part, float64(t))
		}
		list = append(list, sample.Median(part))
	}
	return list
}
