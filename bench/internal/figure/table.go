package figure

import (
	"fmt"
	"io"
)

// Table prints figures as they are measured, one line each:
//
//	name  measured  target  ok|short
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
	line := fmt.Sprintf("%-*s  %11s  <= %-9s %s", t.name, f.Name, f.Unit.Format(f.Value), f.Unit.Format(f.Target), f.Verdict())
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
