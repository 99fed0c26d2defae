package report

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/record"
)

// Sources are what [Publish] publishes, each of which may be missing.
type Sources struct {
	Set           *record.Set // of the benchmarks
	Engine, Front []figure.Record
}

// Where the pages are that Publish writes, below the root of the tree.
const (
	readmeFile  = "README.md"
	resultsFile = "bench/RESULTS.md"
	chartsDir   = "bench/charts"
)

// published are the charts that are shown, with what they show for who cannot see
// them.
var published = []struct{ name, alt string }{
	{"fresh", "Bars: median time of a request that gets a sandbox or a process of its own"},
	{"warm", "Bars: median time of one request at a time, of every subject"},
	{"instances", "Curves: memory of live instances, from one to thousands, of sandboxes and of native processes"},
}

// Publish writes what people see of the data: README.md's performance sections,
// bench/RESULTS.md with all tables, and the main charts in bench/charts. What has
// no data stays as it is.
//
// # Errors
//
// README.md lacks the lines between which a section stands.
func Publish(root string, from Sources) error {
	readme := filepath.Join(root, readmeFile)
	text, err := os.ReadFile(readme)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	out := string(text)
	for _, s := range []struct{ maker, by string }{
		{"make bench-engine", figures("The engine's figures", from.Engine)},
		{"make bench-front", figures("The front's figures", from.Front)},
	} {
		if s.by != "" {
			if out, err = replace(out, "make bench-readme from "+s.maker, s.by); err != nil {
				return fmt.Errorf("report: %s %w", readme, err)
			}
		}
	}
	if from.Set != nil {
		charts, err := publishCharts(filepath.Join(root, chartsDir), from.Set)
		if err != nil {
			return err
		}
		if out, err = replace(out, "make bench-readme", section(from.Set, charts)); err != nil {
			return fmt.Errorf("report: %s %w", readme, err)
		}
		if err := os.WriteFile(filepath.Join(root, resultsFile), []byte(results(from.Set)), 0o644); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	if err := os.WriteFile(readme, []byte(out), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// publishCharts draws the charts that are shown into a directory, and returns
// links to them. One for which there is no data is removed: it would be of another
// run.
func publishCharts(dir string, set *record.Set) (links []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	list, err := all(set)
	if err != nil {
		return nil, err
	}
	drawn := map[string]*chart{}
	for _, c := range list {
		drawn[c.name] = c
	}
	for _, p := range published {
		file := filepath.Join(dir, p.name+".svg")
		c := drawn[p.name]
		if c == nil {
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("report: %w", err)
			}
			continue
		}
		svg, err := c.render("svg")
		if err != nil {
			return nil, fmt.Errorf("report: drawing %s: %w", c.name, err)
		}
		if err := os.WriteFile(file, svg, 0o644); err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
		links = append(links, fmt.Sprintf("**%s.** %s\n\n![%s](%s/%s.svg)\n", c.Title, c.About, p.alt, chartsDir, p.name))
	}
	return links, nil
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

// figures is a section of figures that have targets, empty without any.
func figures(title string, records []figure.Record) string {
	if len(records) == 0 {
		return ""
	}
	var b strings.Builder
	m := records[0].Machine
	byTime := func(a, b figure.Record) int { return a.Time.Compare(b.Time) }
	day, last := slices.MinFunc(records, byTime).Time.Format(time.DateOnly), slices.MaxFunc(records, byTime).Time.Format(time.DateOnly)
	if last != day {
		day += " to " + last
	}
	folded(&b, title, records)
	fmt.Fprintf(&b, "\nMeasured on %s: %d processors (%s), Linux %s, %s.\n", day, m.CPUs, m.Model, m.Kernel, m.Go)
	return "\n" + b.String() + "\n"
}

// measuredOn says where and when that was.
func measuredOn(set *record.Set) string {
	h := set.Header
	text := fmt.Sprintf("Measured on %s at revision %s: %d processors (%s), %s of memory, Linux %s, %s.\n",
		h.Time.Format(time.DateOnly), h.Revision, h.Machine.CPUs, h.Machine.Model, write(float64(h.Memory), "bytes"), h.Machine.Kernel, h.Machine.Go)
	if h.Quick {
		text += "A quick run: intervals are wide.\n"
	}
	if busy := busy(set); busy != "" {
		text += busy + "\n"
	}
	return text
}

// busy says what share of the processors other programs used, over all
// measurements, if it is worth a word.
func busy(set *record.Set) string {
	sum := 0.0
	for _, l := range set.Lines {
		sum += l.Others
	}
	share := sum / float64(max(len(set.Lines), 1))
	if share < 0.05 {
		return ""
	}
	return fmt.Sprintf("Other programs used %.0f %% of the processors meanwhile.", 100*share)
}

// section is the performance section of README.md.
func section(set *record.Set, charts []string) string {
	var b strings.Builder
	b.WriteString("\n" + measuredOn(set) + "\n")
	if t := headline(set); len(t.Rows) > 0 {
		markdown(&b, t)
		b.WriteString("\n")
	}
	for _, link := range charts {
		b.WriteString(link + "\n")
	}
	if aims := throughputAims(set); len(aims) > 0 {
		folded(&b, "Requests per second, "+aimsInWords, aims)
		b.WriteString("\n")
	}
	b.WriteString("All tables of that run are in [" + resultsFile + "](" + resultsFile + ").\n\n")
	return b.String()
}

// results is the page with all tables.
func results(set *record.Set) string {
	var b strings.Builder
	b.WriteString("# Results\n\n<!-- made by make bench-readme -->\n\n" + measuredOn(set))
	b.WriteString("\n[README.md](README.md) says what the terms mean and how it was measured. Intervals hold the true\nratio with a confidence of 95 %.\n")
	for _, t := range tables(set) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", t.Title, t.About)
		markdown(&b, t)
	}
	b.WriteString("\n## Versions\n\n")
	v := table{Head: []string{"", ""}}
	for _, name := range slices.Sorted(maps.Keys(set.Header.Modules)) {
		v.Rows = append(v.Rows, []string{name, set.Header.Modules[name]})
	}
	markdown(&b, v)
	return b.String()
}

// markdown writes a table.
func markdown(b *strings.Builder, t table) {
	plain := strings.NewReplacer("<", "&lt;", "|", "\\|")
	row := func(cells []string) {
		b.WriteString("|")
		for i := range t.Head {
			text := ""
			if i < len(cells) {
				text = plain.Replace(cells[i])
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
	row(t.Head)
	b.WriteString("|" + strings.Repeat(" --- |", len(t.Head)) + "\n")
	for _, r := range t.Rows {
		row(r)
	}
}
