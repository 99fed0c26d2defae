package figure

import (
	"fmt"
	"io"
)

// Table prints figures as they are measured, one line each:
//
//	name  measured  <= target  ok|short
type Table struct {
	w       io.Writer
	verbose bool
	name    int // width of the first column
}

// NewTable returns a table for figures of the given names. A verbose one
// prints what each figure was made from below it.
func NewTable(w io.Writer, specs []Spec, verbose bool) *Table {
	t := &Table{w: w, verbose: verbose}
	for _, s := range specs {
		t.name = max(t.name, len(s.Name))
	}
	return t
}

// Add prints one figure.
//
// # Errors
//
// That of the writer.
func (t *Table) Add(f Figure) error {
	target := "no target"
	if f.Aim != None {
		target = fmt.Sprintf("%s %-9s %s", f.Aim.sign(), f.Unit.Format(f.Target), f.Verdict())
	}
	line := fmt.Sprintf("%-*s  %11s  %s", t.name, f.Name, f.Unit.Format(f.Value), target)
	if f.Low != 0 || f.High != 0 {
		line += "  (" + f.Unit.Interval(f.Low, f.High) + ")"
	}
	if f.Note != "" {
		line += "  (" + f.Note + ")"
	}
	if _, err := fmt.Fprintln(t.w, line); err != nil {
		return err
	}
	if !t.verbose {
		return nil
	}
	for _, fact := range f.Facts {
		if _, err := fmt.Fprintf(t.w, "    %-*s  %s\n", t.name, fact.Name, fact.Unit.Format(fact.Value)); err != nil {
			return err
		}
	}
	return nil
}
