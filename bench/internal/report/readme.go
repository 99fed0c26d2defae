package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/wafer-run/wafer/bench/internal/record"
)

// Between these lines of README.md is what README writes.
const (
	begin = "<!-- made by make bench-readme: begin -->"
	end   = "<!-- made by make bench-readme: end -->"
)

// README replaces the performance section of a file by one made from data.
func README(path string, set *record.Set) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return fmt.Errorf("report: %s has no lines %q and %q", path, begin, end)
	}
	out := string(before) + begin + "\n" + section(set) + end + string(after)
	if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// section is the performance section.
func section(set *record.Set) string {
	var b strings.Builder
	h := set.Header
	fmt.Fprintf(&b, "\nMeasured on %s at revision %s: %d processors (%s), %s of memory, Linux %s, %s.\n",
		h.Time.Format("2006-01-02"), h.Revision, h.Machine.CPUs, h.Machine.Model, write(float64(h.Memory), "bytes"), h.Machine.Kernel, h.Machine.Go)
	if h.Quick {
		b.WriteString("A quick run: intervals are wide.\n")
	}
	for _, t := range tables(set) {
		switch t.Title {
		case "Warm: hello", "Throughput: 1 in flight", "Throughput: 16 in flight", "Throughput: 64 in flight", "Starts: hello", "New instances: hello", "Temperatures: hello", "Instances", "Functions", "Trace":
			fmt.Fprintf(&b, "\n**%s.** %s\n\n", t.Title, t.About)
			markdown(&b, t)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// markdown writes a table.
func markdown(b *strings.Builder, t table) {
	row := func(cells []string) {
		for len(cells) < len(t.Head) {
			cells = append(cells, "")
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	row(t.Head)
	b.WriteString("|" + strings.Repeat(" --- |", len(t.Head)) + "\n")
	for _, r := range t.Rows {
		row(r)
	}
}
