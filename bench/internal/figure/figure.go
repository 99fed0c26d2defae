// Package figure is what a benchmark comes to: numbers with targets, the
// absolute numbers behind them, and how both are printed and recorded.
package figure

// Spec is a figure before it is measured. What is measured must not exceed
// Target.
type Spec struct {
	Name   string
	Title  string // for readers who do not know the name
	Unit   Unit
	Target float64 // in base units
}

// Figure is a measured figure.
type Figure struct {
	Spec
	Value float64 // in base units
	Facts []Fact
	Note  string // what a reader should know about this run, or empty
}

// OK reports whether the figure meets its target.
func (f Figure) OK() bool { return f.Value <= f.Target }

// Verdict is ok or short.
func (f Figure) Verdict() string {
	if f.OK() {
		return "ok"
	}
	return "short"
}

// Fact is one of the numbers that a figure was made from, or that explain it.
type Fact struct {
	Name  string
	Unit  Unit
	Value float64 // in base units
}
