package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/report"
)

// fixture reads what a run has written: testdata/results.jsonl, of which the
// distributions were left out, and some figures.
func fixture(t *testing.T) report.Sources {
	t.Helper()
	text, err := os.ReadFile("testdata/results.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	set, err := record.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return report.Sources{
		Set: set,
		Engine: figuresOf(t, `{"time":"2026-01-03T00:00:00Z","figure":"kill","title":"deadline to error","unit":"ms","value":0.001,"target":0.005,"ok":true}
{"time":"2026-01-03T00:00:01Z","figure":"isolation","title":"fresh","unit":"factor","value":9,"target":1.3,"ok":false}
{"time":"2026-01-04T00:00:00Z","figure":"isolation","title":"fresh","unit":"factor","value":2,"target":1.3,"ok":false,"note":"busy"}`),
		Front: figuresOf(t, `{"time":"2026-01-05T00:00:00Z","figure":"front","title":"the front","unit":"factor","value":0.9,"low":0.85,"high":0.95,"target":0.8,"aim":"at least","ok":true}
{"time":"2026-01-05T00:00:00Z","figure":"net-http","title":"net/http","unit":"factor","value":0.5,"aim":"none","ok":true}`),
	}
}

func figuresOf(t *testing.T, text string) []figure.Record {
	t.Helper()
	list, err := figure.Latest(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tree makes a source tree with a README that has these sections.
func tree(t *testing.T, makers ...string) (root string) {
	t.Helper()
	root = t.TempDir()
	text := "before\n"
	for _, m := range makers {
		text += "<!-- made by " + m + ": begin -->\nstale\n<!-- made by " + m + ": end -->\nafter " + m + "\n"
	}
	if err := os.MkdirAll(filepath.Join(root, "bench"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}

var makers = []string{"make bench-readme", "make bench-readme from make bench-engine", "make bench-readme from make bench-front"}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Publish shows a few figures and charts in README.md, and all in RESULTS.md.
func TestPublish(t *testing.T) {
	root := tree(t, makers...)
	from := fixture(t)
	for range 2 { // and again
		if err := report.Publish(root, from); err != nil {
			t.Fatal(err)
		}
	}
	readme, results := read(t, root, "README.md"), read(t, root, "bench", "RESULTS.md")
	for _, want := range []string{
		"before\n", "after make bench-readme from make bench-front\n", from.Set.Header.Time.Format("2006-01-02"), "A quick run", "Other programs used 65 % of the processors meanwhile.\n",
		"2026-01-03 to 2026-01-04", "| deadline to error | 1 ms | at most 5 ms | ok |  |\n| fresh | 2.00x | at most 1.30x | short | busy |\n",
		"The engine's figures: 1 of 2 targets are met", "The front's figures: 1 of 1 targets are met",
		"| the front | 0.90x (0.85x to 0.95x) | at least 0.80x | ok |  |\n| net/http | 0.50x |  |  |  |\n",
		"| after a pause, no instance is there | ", "| memory of an idle instance | ", "(bench/RESULTS.md)",
		"| 16 in flight: warm, against native processes behind the same front | ",
		"| 64 in flight: a fresh sandbox for every request, against warm | ",
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README does not say %q:\n%s", want, readme)
		}
	}
	if strings.Contains(readme, "stale") {
		t.Error("README says what it said before")
	}
	if n := strings.Count(readme, "\n"); n > 90 {
		t.Errorf("README has %d lines: what is long goes to RESULTS.md", n)
	}
	for _, want := range []string{
		"## Every temperature: hello\n", "| 13.0 % | 0.7 % | 86.3 % |", "| 0.0 % | 12.6 % | 87.4 % |", "| cold code | ", "## Warm: hello\n", "## Throughput: aims\n", "## Instances\n", "## Trace\n", "## Versions\n", "github.com/valyala/fasthttp",
	} {
		if !strings.Contains(results, want) {
			t.Errorf("RESULTS.md does not say %q", want)
		}
	}
}

// The charts are small, and have a background of their own: pages may be dark.
func TestPublishedCharts(t *testing.T) {
	root := tree(t, makers...)
	from := fixture(t)
	if err := report.Publish(root, from); err != nil {
		t.Fatal(err)
	}
	readme := read(t, root, "README.md")
	files, err := filepath.Glob(filepath.Join(root, "bench", "charts", "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("charts %v, error %v", files, err)
	}
	for _, file := range files {
		name := "bench/charts/" + filepath.Base(file)
		_, before, ok := strings.Cut(readme, "![")
		if alt, _, _ := strings.Cut(before, "]("+name+")"); !ok || len(alt) < 20 {
			t.Errorf("README does not show %s with a text", name)
		}
		svg := read(t, file)
		if len(svg) > 60<<10 {
			t.Errorf("%s has %d bytes", name, len(svg))
		}
		if !strings.Contains(svg, "fill:#FFFFFF") {
			t.Errorf("%s has no white background", name)
		}
	}
	// A run of less leaves no chart of another one behind.
	from.Set.Lines = slices.DeleteFunc(from.Set.Lines, func(l record.Line) bool { return l.Scenario == "instances" })
	if err := report.Publish(root, from); err != nil {
		t.Fatal(err)
	}
	if files, err := filepath.Glob(filepath.Join(root, "bench", "charts", "*")); err != nil || len(files) != 2 {
		t.Errorf("charts %v, error %v", files, err)
	}
	if strings.Contains(read(t, root, "README.md"), "instances.svg") {
		t.Error("README shows a chart that there is not")
	}
}

// What has no data stays, and a README without a section that has is an error.
func TestPublishLittle(t *testing.T) {
	from := fixture(t)
	root := tree(t, makers...)
	if err := report.Publish(root, report.Sources{Front: from.Front}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(read(t, root, "README.md"), "stale"); n != 2 {
		t.Errorf("%d sections stayed as they were, want 2", n)
	}
	if _, err := os.Stat(filepath.Join(root, "bench", "RESULTS.md")); err == nil {
		t.Error("results were written without data")
	}
	if err := report.Publish(root, report.Sources{Set: &record.Set{}}); err != nil {
		t.Errorf("a run of nothing: %v", err)
	}
	for i := range makers {
		some := slices.Delete(slices.Clone(makers), i, i+1)
		if err := report.Publish(tree(t, some...), from); err == nil {
			t.Errorf("a README without the section of %s was written", makers[i])
		}
	}
	if _, err := figure.Latest(strings.NewReader("{}\n{")); err == nil || !strings.Contains(err.Error(), "record 2") {
		t.Errorf("error %v, want one that names the record", err)
	}
}
