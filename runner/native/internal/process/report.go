package process

import (
	"fmt"
	"slices"
	"strings"
)

// Report says which mechanisms hold, and why others do not.
type Report struct {
	// Active are those that hold.
	Active []Mechanism
	// Refused are those that were wanted and could not be had, with the reason.
	Refused map[Mechanism]string
}

// Has tells whether m is active.
func (r Report) Has(m Mechanism) bool { return slices.Contains(r.Active, m) }

// String lists both kinds, for a log line.
func (r Report) String() string {
	var b strings.Builder
	b.WriteString("active:")
	for _, m := range r.Active {
		fmt.Fprintf(&b, " %s", m)
	}
	for _, m := range Mechanisms() {
		if why, ok := r.Refused[m]; ok {
			fmt.Fprintf(&b, "; no %s: %s", m, why)
		}
	}
	return b.String()
}

func (r *Report) activate(m Mechanism) { r.Active = append(r.Active, m) }

func (r *Report) refuse(m Mechanism, why error) {
	if r.Refused == nil {
		r.Refused = map[Mechanism]string{}
	}
	r.Refused[m] = why.Error()
}
