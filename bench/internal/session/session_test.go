package session

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/bench/internal/experiment"
)

func TestChoose(t *testing.T) {
	for _, tc := range []struct {
		pattern     string
		experiments int
		figures     []string
	}{
		{"^cold", 2, []string{"cold-vs-native", "cold-after-native", "cold-vs-wazero", "cold-at-10000"}},
		{"timer", 1, []string{"timer"}},
		{"no such figure", 0, nil},
	} {
		s := &session{experiments: experiment.All(), only: regexp.MustCompile(tc.pattern)}
		chosen, specs := s.choose()
		var names []string
		for _, spec := range specs {
			names = append(names, spec.Name)
		}
		if diff := cmp.Diff(tc.figures, names); diff != "" || len(chosen) != tc.experiments {
			t.Errorf("%q: %d experiments, want %d; figures %s", tc.pattern, len(chosen), tc.experiments, diff)
		}
	}
}
