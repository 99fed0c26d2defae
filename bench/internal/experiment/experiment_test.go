package experiment

import (
	"net/rpc"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

// TestAll expects figures that can be told apart, and missed unless they are there
// to be compared with.
func TestAll(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range All() {
		if e.About == "" || e.Measure == nil || len(e.Figures) == 0 {
			t.Errorf("experiment %+v is not complete", e)
		}
		for _, f := range e.Figures {
			if f.Name == "" || seen[f.Name] || (f.Target <= 0) != (f.Aim == figure.None) || f.Unit == "" {
				t.Errorf("figure %+v", f)
			}
			seen[f.Name] = true
		}
	}
}

// TestServices expects every service to be callable.
func TestServices(t *testing.T) {
	for name, s := range Services() {
		if err := rpc.NewServer().RegisterName(name, s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
