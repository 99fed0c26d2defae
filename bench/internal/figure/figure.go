// Package figure is what a benchmark comes to: numbers with targets, the
// absolute numbers behind them, and how both are printed and recorded.
package figure

// Aim says on which side of its target a figure should be.
type Aim string

// The aims.
const (
	AtMost  Aim = "" // the zero value
	AtLeast Aim = "at least"
	None    Aim = "none" // it is there to be compared with others
)

// Spec is a figure before it is measured.
type Spec struct {
	Name   string
	Title  string // for readers who do not know the name
	Unit   Unit
	Target float64 // in base units
	Aim    Aim
}

// Figure is a measured figure.
type Figure struct {
	Spec
	Value float64 // in base units
	// Low and High are the interval that holds the true value with a confidence
	// of 95 %, both 0 where it is not known.
	Low, High float64
	Facts     []Fact
	Note      string // what a reader should know about this run, or empty
}

// OK reports whether the figure meets its target, if it has one.
func (f Figure) OK() bool {
	switch f.Aim {
	case AtLeast:
		return f.Value >= f.Target
	case None:
		return true
	}
	return f.Value <= f.Target
}

// Verdict is ok or short, or empty without a target.
func (f Figure) Verdict() string { return verdict(f.Aim, f.OK()) }

func verdict(aim Aim, ok bool) string {
	switch {
	case aim == None:
		return ""
	case ok:
		return "ok"
	}
	return "short"
}

// sign is how an aim is written in front of its target.
func (a Aim) sign() string {
	if a == AtLeast {
		return ">="
	}
	return "<="
}

// Fact is one of the numbers that a figure was made from, or that explain it.
type Fact struct {
	Name  string
	Unit  Unit
	Value float64 // in base units
}
