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
	Low     float64            `json:"low,omitempty"` // of the interval, as High
	High    float64            `json:"high,omitempty"`
	Target  float64            `json:"target"`
	Aim     Aim                `json:"aim,omitempty"`
	OK      bool               `json:"ok"`
	Facts   map[string]float64 `json:"facts,omitempty"`
	Note    string             `json:"note,omitempty"`
	Machine Machine            `json:"machine"`
}

// Latest reads records and returns the last one of each figure, in the order in
// which the figures were first measured: one that is measured again stays where it
// was.
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
		if i := slices.IndexFunc(all, func(old Record) bool { return old.Figure == rec.Figure }); i >= 0 {
			all[i] = rec
		} else {
			all = append(all, rec)
		}
	}
}

// Verdict is ok or short, or empty without a target.
func (r Record) Verdict() string { return verdict(r.Aim, r.OK) }

// Measured is the value with its interval, in words.
func (r Record) Measured() string {
	text := r.Unit.Format(r.Value)
	if r.Low != 0 || r.High != 0 {
		text += " (" + r.Unit.Interval(r.Low, r.High) + ")"
	}
	return text
}

// Wanted is the target in words, empty where there is none.
func (r Record) Wanted() string {
	switch r.Aim {
	case None:
		return ""
	case AtLeast:
		return "at least " + r.Unit.Format(r.Target)
	}
	return "at most " + r.Unit.Format(r.Target)
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
		Time: at.UTC(), Figure: f.Name, Title: f.Title, Unit: f.Unit, Value: f.Value, Low: f.Low, High: f.High,
		Target: f.Target, Aim: f.Aim, OK: f.OK(),
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
