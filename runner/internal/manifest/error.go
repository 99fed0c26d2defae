package manifest

import (
	"cmp"
	"slices"
	"strings"
)

// Error holds everything that is wrong with a manifest.
type Error struct {
	Problems []Problem // in the order of the file, each once
	// Partial is what could be read all the same, of [Parse]; nil where that is
	// nothing. Fields that are wrong have any value.
	Partial *Manifest
}

// NewError sorts the problems and drops what is there twice, as mistakes in a
// template are that several resources extend. It returns nil when there are
// none.
func NewError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return newError(problems)
}

func newError(problems []Problem) *Error {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return &Error{Problems: slices.Compact(sorted)}
}

// Error returns the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
