package report

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/record"
)

// README replaces the performance sections of a file by ones made from data: those of
// the benchmarks, and those of the engine's figures. One without data stays as it is.
//
// # Errors
//
// The file lacks the lines between which a section stands.
func README(path string, set *record.Set, engine []figure.Record) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	out := string(text)
	if set != nil {
		if out, err = replace(out, "make bench-readme", section(set)); err != nil {
			return fmt.Errorf("report: %s %w", path, err)
		}
	}
	if len(engine) > 0 {
		if out, err = replace(out, "make bench-readme from make bench-engine", engineSection(engine)); err != nil {
			return fmt.Errorf("report: %s %w", path, err)
		}
	}
	if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// replace replaces what stands between the two lines that name its maker.
func replace(text, maker, by string) (string, error) {
	begin, end := "<!-- made by "+maker+": begin -->", "<!-- made by "+maker+": end -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("has no lines %q and %q", begin, end)
	}
	return before + begin + "\n" + by + end + after, nil
}

// engineSection is a table of the engine's figures, with the numbers behind them.
func engineSection(records []figure.Record) string {
	var b strings.Builder
	m := records[0].Machine
	day, last := records[0].Time.Format(time.DateOnly), records[len(records)-1].Time.Format(time.DateOnly)
	if last != day {
		day += " to " + last
	}
	fmt.Fprintf(&b, "\nMeasured on %s: %d processors (%s), Linux %s, %s.\n\n", day, m.CPUs, m.Model, m.Kernel, m.Go)
	t := table{Head: []string{"", "measured", "at most", "", "note"}}
	for _, r := range records {
		title := r.Title
		if title == "" {
			title = r.Figure
		}
		t.Rows = append(t.Rows, []string{title, r.Unit.Format(r.Value), r.Unit.Format(r.Target), r.Verdict(), r.Note})
	}
	markdown(&b, t)
	b.WriteString("\n")
	return b.String()
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
