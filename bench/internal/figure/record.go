package figure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Record is a figure as a line of JSON. Numbers are in base units: seconds,
// bytes and ratios.
type Record struct {
	Time    time.Time          `json:"time"`
	Figure  string             `json:"figure"`
	Title   string             `json:"title,omitempty"`
	Unit    Unit               `json:"unit"`
	Value   float64            `json:"value"`
	Target  float64            `json:"target"`
	OK      bool               `json:"ok"`
	Facts   map[string]float64 `json:"facts,omitempty"`
	Note    string             `json:"note,omitempty"`
	Machine Machine            `json:"machine"`
}

// Latest reads records and returns the last one of each figure, in the order in
// which the figures were last measured.
func Latest(r io.Reader) ([]Record, error) {
	var all []Record
	d := json.NewDecoder(r)
	for {
		var rec Record
		if err := d.Decode(&rec); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("figure: reading record %d: %w", len(all)+1, err)
		}
		all = slices.DeleteFunc(all, func(old Record) bool { return old.Figure == rec.Figure })
		all = append(all, rec)
	}
}

// Verdict is ok or short.
func (r Record) Verdict() string {
	if r.OK {
		return "ok"
	}
	return "short"
}

// Machine says where a figure was measured.
type Machine struct {
	CPUs   int    `json:"cpus"`
	Model  string `json:"model,omitempty"`
	Kernel string `json:"kernel,omitempty"`
	Go     string `json:"go"`
}

// Write appends the figure to w as one line.
func (f Figure) Write(w io.Writer, at time.Time, m Machine) error {
	r := Record{
		Time: at.UTC(), Figure: f.Name, Title: f.Title, Unit: f.Unit, Value: f.Value, Target: f.Target, OK: f.OK(),
		Facts: map[string]float64{}, Note: f.Note, Machine: m,
	}
	for _, fact := range f.Facts {
		r.Facts[fact.Name] = fact.Value
	}
	if err := json.NewEncoder(w).Encode(r); err != nil {
		return fmt.Errorf("figure: recording %s: %w", f.Name, err)
	}
	return nil
}
