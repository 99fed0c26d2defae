// Package record is the data that the benchmarks write: one JSON object a line,
// from which reports, charts and README's figures are made, and the same as
// text for benchstat.
//
// A file begins with a [Header]. Numbers are in base units: nanoseconds, bytes,
// requests per second, shares.
package record

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/load"
)

// Header says where and when a file was measured.
type Header struct {
	Time     time.Time         `json:"time"`
	Machine  figure.Machine    `json:"machine"`
	Memory   int64             `json:"memory"` // of the machine, in bytes
	Revision string            `json:"revision"`
	Modules  map[string]string `json:"modules"`
	Quick    bool              `json:"quick"`
	Command  string            `json:"command"`
	// Part says that the run left something out, or did it once only: its figures
	// are not to be shown.
	Part bool `json:"part,omitempty"`
	// Module is whose calls were measured, where it is a user's and there is
	// nothing to compare it with.
	Module string `json:"module,omitempty"`
}

// Line is one measurement.
type Line struct {
	Scenario  string  `json:"scenario"`
	Contender string  `json:"contender,omitempty"`
	Workload  string  `json:"workload,omitempty"`
	X         float64 `json:"x,omitempty"` // what varies in a curve: in flight, instances, functions, seconds
	Rounds    int     `json:"rounds,omitempty"`
	// Values are what was measured, by name: p50, rate, cpu, pss ...
	Values map[string]float64 `json:"values,omitempty"`
	// Ratios are to the contender Base in the same rounds, by the value's name.
	Base   string                  `json:"base,omitempty"`
	Ratios map[string]sample.Ratio `json:"ratios,omitempty"`
	// Points are a distribution of latencies.
	Points []load.Point `json:"points,omitempty"`
	// Series are the values of single rounds, by name.
	Series map[string][]float64 `json:"series,omitempty"`
	// Others is the share of the processors that other programs used meanwhile.
	Others float64 `json:"others,omitempty"`
	Note   string  `json:"note,omitempty"`
}

// Set is a file in memory.
type Set struct {
	Header Header
	Lines  []Line
}

// Writer writes a file as it is measured.
type Writer struct{ enc *json.Encoder }

// NewWriter begins a file.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	enc := json.NewEncoder(w)
	if err := enc.Encode(h); err != nil {
		return nil, fmt.Errorf("record: writing: %w", err)
	}
	return &Writer{enc}, nil
}

// Add writes a line.
func (w *Writer) Add(l Line) error {
	if err := w.enc.Encode(l); err != nil {
		return fmt.Errorf("record: writing %s: %w", l.Scenario, err)
	}
	return nil
}

// Read reads a file.
func Read(r io.Reader) (*Set, error) {
	dec := json.NewDecoder(bufio.NewReader(r))
	var s Set
	if err := dec.Decode(&s.Header); err != nil {
		return nil, fmt.Errorf("record: reading header: %w", err)
	}
	for dec.More() {
		var l Line
		if err := dec.Decode(&l); err != nil {
			return nil, fmt.Errorf("record: reading line %d: %w", len(s.Lines)+2, err)
		}
		s.Lines = append(s.Lines, l)
	}
	return &s, nil
}

// Scenario returns the lines of a scenario.
func (s *Set) Scenario(name string) []Line {
	var list []Line
	for _, l := range s.Lines {
		if l.Scenario == name {
			list = append(list, l)
		}
	}
	return list
}
