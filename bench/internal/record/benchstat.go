package record

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Benchstat writes the values of single rounds in the format of "go test
// -bench", as golang.org/x/perf/cmd/benchstat reads it.
func (s *Set) Benchstat(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "goos: linux\ncpu: %s\npkg: github.com/wafer-run/wafer/bench\n", s.Header.Machine.Model); err != nil {
		return fmt.Errorf("record: writing benchstat: %w", err)
	}
	for _, l := range s.Lines {
		name := "Benchmark" + title(l.Scenario)
		for _, part := range [][2]string{{"workload", l.Workload}, {"contender", l.Contender}} {
			if part[1] != "" {
				name += "/" + part[0] + "=" + strings.ReplaceAll(part[1], " ", "_")
			}
		}
		if l.X != 0 {
			name += fmt.Sprintf("/x=%g", l.X)
		}
		var names []string
		rounds := 0
		for n, series := range l.Series {
			if unit(n) != "" {
				names = append(names, n)
				rounds = max(rounds, len(series))
			}
		}
		slices.Sort(names)
		for round := range rounds {
			line := name + "\t1"
			for _, n := range names {
				if round < len(l.Series[n]) {
					line += fmt.Sprintf("\t%g %s", l.Series[n][round], unit(n))
				}
			}
			if _, err := fmt.Fprintln(w, line); err != nil {
				return fmt.Errorf("record: writing benchstat: %w", err)
			}
		}
	}
	return nil
}

// title makes the first letter a capital, as the names of benchmarks want it.
func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.ReplaceAll(s[1:], "-", "_")
}

// unit is what benchstat calls a value of rounds, empty for one it should not
// see.
func unit(value string) string {
	switch value {
	case "p50", "first", "time":
		return "ns/op"
	case "p99":
		return "p99-ns/op"
	case "cpu":
		return "cpu-ns/op"
	case "rate":
		return "req/s"
	}
	return ""
}
