package report

import (
	"fmt"
	"html/template"
	"slices"

	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// table is a table of a report.
type table struct {
	Title, About string
	Head         []string
	Rows         [][]string
}

// column is one column: a value, and how it is written.
type column struct{ head, value, kind string }

// tables returns every table for which there is data.
func tables(set *record.Set) []table {
	var list []table
	add := func(title, about string, lines []record.Line, first string, cols []column, ratio string) {
		if t := newTable(title, about, lines, first, cols, ratio); len(t.Rows) > 0 {
			list = append(list, t)
		}
	}
	requests := []column{
		{"p50", "p50", "ns"}, {"p99", "p99", "ns"}, {"p99.9", "p99.9", "ns"}, {"per second", "rate", "rate"},
		{"processor time each", "cpu", "ns"}, {"page faults each", "faults", "number"},
		{"private dirty", "privateDirty", "bytes"}, {"PSS", "pss", "bytes"},
	}
	latencies := []column{{"p50", "p50", "ns"}, {"p90", "p90", "ns"}, {"p99", "p99", "ns"}}
	if t := ladder(set); len(t.Rows) > 0 {
		list = append(list, t)
	}
	for _, w := range workload.All() {
		add("Warm: "+w.Name, w.About+". One request at a time, over HTTP.", of(set.Scenario("warm"), w.Name, 0), "", requests, "p50")
	}
	for _, n := range []float64{1, 16, 64} {
		add(fmt.Sprintf("Throughput: %g in flight", n), "The hello event over HTTP. The ratio is of requests per second.",
			of(set.Scenario("throughput"), "", n), "", requests[:5], "rate")
	}
	if aims := throughputAims(set); len(aims) > 0 {
		t := targetTable(aims)
		t.Title, t.About = "Throughput: aims", "Requests per second in the same rounds, "+aimsInWords+": "+verdicts(aims)+"."
		list = append(list, t)
	}
	for _, x := range []float64{0.2, 0.5, 0.8} {
		add(fmt.Sprintf("Open load at %.0f %%", 100*x), "Hello, at a share of what wafer can do. Waiting for one's turn counts.", of(set.Scenario("open"), "", x), "",
			[]column{{"offered", "offered", "rate"}, {"answered", "rate", "rate"}, {"p50", "p50", "ns"}, {"p90", "p90", "ns"}, {"p99", "p99", "ns"}, {"p99.9", "p99.9", "ns"}}, "")
	}
	if module := set.Header.Module; module != "" {
		add("Temperatures: "+module, "In process, without a front.", of(set.Scenario("temperatures"), module, 0), "", latencies, "")
	}
	add("Load: "+set.Header.Module, "In process, so many calls at a time.", set.Scenario("load"), "at a time",
		[]column{{"per second", "rate", "rate"}, {"p50", "p50", "ns"}, {"p99", "p99", "ns"}, {"p99.9", "p99.9", "ns"}}, "")
	for _, w := range workload.All() {
		if set.Header.Module != "" {
			break
		}
		add("Starts: "+w.Name, "From the start of a process to its first answer over HTTP.", of(set.Scenario("starts"), w.Name, 0), "", []column{{"first answer", "first", "ns"}}, "first")
		add("New instances: "+w.Name, "Over HTTP, after a pause, behind a front that runs and has no instance left, but for two; warm ones are asked at once afterwards. The ratio is of new ones.",
			of(set.Scenario("fresh"), w.Name, 0), "",
			[]column{{"after the pause p50", "p50", "ns"}, {"p90", "p90", "ns"}, {"p99", "p99", "ns"}, {"warm p50", "warm", "ns"}, {"p99", "warmP99", "ns"}}, "p50")
		add("Temperatures: "+w.Name, "In process, without a front. Native processes are measured in turns with wafer's sandboxes: new ones from the start of the process to the answer.",
			of(set.Scenario("temperatures"), w.Name, 0), "", latencies, "p50")
	}
	held := []column{{"held", "held", "bytes"}, {"each", "each", "bytes"}}
	awake := column{"each before it rests", "awake", "bytes"}
	grown := []column{
		{"PSS", "pss", "bytes"}, {"mappings", "mappings", "number"}, {"descriptors", "descriptors", "number"},
		{"new instance p50", "new", "ns"}, {"p99", "newP99", "ns"}, {"warm p50", "warm", "ns"}, {"p99", "warmP99", "ns"},
	}
	add("Instances", "Of one function. Sandboxes are in one process and rest after some seconds of idleness; of native ones all processes count, wafer's included. New and warm ones are called beside them.",
		set.Scenario("instances"), "instances", slices.Concat(held, []column{{"of each in wafer itself", "own", "bytes"}, awake, {"private dirty", "privateDirty", "bytes"}}, grown), "")
	add("Functions", "Each with its own code; no instance is live while memory is read. Calls whose code is not in memory are of functions drawn at random, in a runner whose code budget has room for half of them.", set.Scenario("functions"), "functions",
		slices.Concat(held, []column{awake}, grown, []column{
			{"codes resident", "resident", "number"}, {"code budget", "codeBudget", "bytes"}, {"resident under it", "kept", "number"},
			{"code not in memory p50", "reload", "ns"}, {"p99", "reloadP99", "ns"},
		}), "")
	add("Trace", "Zipf popularity, Poisson arrivals, a burst of three times the load.", set.Scenario("trace"), "budget", []column{
		{"functions", "functions", "number"}, {"offered", "offered", "rate"}, {"calls", "calls", "number"}, {"failed", "failed", "number"},
		{"read code", "cold code", "share"}, {"new instance", "new instance", "share"}, {"warm", "warm", "share"},
		{"instances evicted", "ended", "number"}, {"codes evicted", "evicted", "number"},
		{"p50", "p50", "ns"}, {"p99", "p99", "ns"}, {"p99.9", "p99.9", "ns"}, {"memory, most", "memoryMax", "bytes"},
	}, "")
	return list
}

// of returns the lines for a workload and an X; "" and 0 stand for any.
func of(lines []record.Line, work string, x float64) []record.Line {
	var some []record.Line
	for _, l := range lines {
		if (work == "" || l.Workload == work) && (x == 0 || l.X == x) {
			some = append(some, l)
		}
	}
	return some
}

// newTable makes a table with a row per line. first is the head of a column
// for X, ratio the value whose ratio is shown, if any line has one.
func newTable(title, about string, lines []record.Line, first string, cols []column, ratio string) table {
	t := table{Title: title, About: about, Head: []string{"subject"}}
	if first != "" {
		t.Head = append(t.Head, first)
	}
	for _, c := range cols {
		t.Head = append(t.Head, c.head)
	}
	bases := map[string]bool{}
	for _, l := range lines {
		if l.Base != "" {
			bases[l.Base] = true
		}
	}
	if len(bases) == 0 {
		ratio = ""
	}
	if ratio != "" {
		t.Head = append(t.Head, "ratio to wafer")
	}
	for _, l := range lines {
		row := []string{label(l.Contender)}
		if first != "" {
			row = append(row, xOf(first, l.X))
		}
		if len(l.Values) == 0 {
			t.Rows = append(t.Rows, append(row, l.Note))
			continue
		}
		for _, c := range cols {
			text := ""
			if v, ok := l.Values[c.value]; ok {
				if c.kind == "number" {
					v = round(v)
				}
				text = write(v, c.kind)
			}
			row = append(row, text)
		}
		if ratio != "" {
			text := ""
			if r, ok := l.Ratios[ratio]; ok {
				text = writeRatio(r)
			} else if bases[l.Contender] {
				text = "1"
			}
			row = append(row, text)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func xOf(first string, x float64) string {
	if first == "budget" {
		return write(x, "bytes")
	}
	return write(x, "")
}

// round keeps what means something of a number.
func round(v float64) float64 {
	if v > 1000 || v == float64(int64(v)) {
		return float64(int64(v))
	}
	return float64(int64(v*100)) / 100
}

// tooWide is where the upper end of an interval says nothing any more.
const tooWide = 1e6

// tooFew is how many times as much as its lower end the upper end of an interval may
// be, to be worth a look.
const tooFew = 100

// writeRatio writes a ratio with its interval.
func writeRatio(r sample.Ratio) string {
	switch {
	case r.High >= tooWide:
		return fmt.Sprintf("%.3g", r.Value)
	case r.High > tooFew*r.Low:
		return fmt.Sprintf("%.3g (too few rounds)", r.Value)
	}
	return fmt.Sprintf("%.3g (%.3g to %.3g)", r.Value, r.Low, r.High)
}

// functions are for the page's template.
func functions() template.FuncMap {
	return template.FuncMap{
		"bytes": func(v int64) string { return write(float64(v), "bytes") },
		"share": func(v float64) string { return write(v, "share") },
	}
}
