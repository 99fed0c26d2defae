package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
)

// label is what people call a contender, or a temperature.
func label(name string) string {
	if name, temperature, ok := strings.Cut(name, ", "); ok {
		return label(name) + ", " + temperature
	}
	for _, c := range append(contender.All(), contender.Variants()...) {
		if c.Name != name {
			continue
		}
		if c.Other != "" {
			return c.Label + " (" + c.Other + ")"
		}
		return c.Label
	}
	return name
}

// compared shows the median latency of the hello handler, warm.
func compared(set *record.Set) (*chart, error) {
	c := newChart("warm", "One request at a time", "Median time from the request to the answer, over HTTP on the loopback interface. The handler gets and returns a few bytes of JSON; every subject runs the same one.")
	return c.ofBars(set.Scenario("warm"), "hello", "p50", "ns")
}

// starts shows how long each takes from nothing to the first answer.
func starts(set *record.Set) (*chart, error) {
	c := newChart("starts", "From the start of a process to its first answer", "A server is started and asked until it answers. Code that a subject keeps on disk is there, except for a function that was never seen before.")
	return c.ofBars(set.Scenario("starts"), "hello", "first", "ns")
}

// fresh shows what it costs to have no instance, over HTTP, beside what it costs
// where every request gets a sandbox of its own.
func fresh(set *record.Set) (*chart, error) {
	c := newChart("fresh", "A request that gets a sandbox or a process of its own",
		"Median time from the request to the answer, over HTTP, hello. The server runs, and has to make a sandbox or to start a process; in some every request gets one.")
	lines := set.Scenario("fresh")
	for _, l := range set.Scenario("warm") {
		switch l.Contender {
		case "wafer-isolated":
			lines = slices.Insert(lines, 0, l)
		case "wazero-fresh", "extism":
			lines = append(lines, l)
		}
	}
	lines = slices.DeleteFunc(lines, func(l record.Line) bool {
		return l.Contender == contender.KeptName || l.Contender == contender.NativeKeptName
	})
	for i := range lines {
		if lines[i].Scenario == "fresh" && lines[i].Contender != contender.EvictedName {
			lines[i].Contender += ", new instance"
		}
	}
	return c.ofBars(lines, "hello", "p50", "ns")
}

// temperatures shows what an invocation costs, in process.
func temperatures(set *record.Set) (*chart, error) {
	c := newChart("temperatures", "What an invocation costs at each temperature", "The handler "+subject(set)+" in wafer's engine, and as a native process where there is one, called from Go without a front, from the call until the answer.")
	return c.ofBars(set.Scenario("temperatures"), subject(set), "p50", "ns")
}

// atATime shows how many calls of a user's module there are per second.
func atATime(set *record.Set) (*chart, error) {
	c := newChart("load", "Calls per second", "In process, so many at a time.")
	return c.logLog([]line{curve(set.Scenario("load"), subject(set), "rate")}, "calls at a time", "rate")
}

// subject is the workload whose charts are drawn.
func subject(set *record.Set) string {
	if set.Header.Module != "" {
		return set.Header.Module
	}
	return "hello"
}

// throughput shows how many requests per second each can do, 16 at a time.
func throughput(set *record.Set) (*chart, error) {
	var lines []record.Line
	for _, l := range set.Scenario("throughput") {
		if l.X == 16 {
			lines = append(lines, l)
		}
	}
	c := newChart("throughput", "Requests per second, 16 at a time", "The client shares the processors with the subjects.")
	return c.ofBars(lines, "hello", "rate", "rate")
}

// ofBars draws one bar per line that has the value.
func (c *chart) ofBars(lines []record.Line, workload, value, kind string) (*chart, error) {
	var list []bar
	for _, l := range lines {
		if v := l.Values[value]; l.Workload == workload && v > 0 {
			list = append(list, bar{label: label(l.Contender), value: v, text: write(round(v), kind), color: colorOf(l.Contender)})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return c, c.bars(list, kind)
}

// distribution shows latencies under an open load by quantile.
func distribution(set *record.Set) (*chart, error) {
	c := newChart("latency", "Latency of requests that come when they come",
		"Hello, at half of what wafer can do, arrivals independent of each other; waiting for one's turn counts. A subject that cannot do as much has a queue that grows.")
	var list []line
	for _, l := range set.Scenario("open") {
		if l.X != 0.5 || len(l.Points) == 0 {
			continue
		}
		curve := line{label: label(l.Contender)}
		for _, p := range l.Points {
			if p.Quantile < 1 && p.Value > 0 {
				curve.points = append(curve.points, plotter.XY{X: 1 / (1 - p.Quantile), Y: float64(p.Value)})
			}
		}
		list = append(list, curve)
	}
	if len(list) == 0 {
		return nil, nil
	}
	p := c.plot
	p.X.Scale, p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogScale{}, logTicks("ns")
	p.X.Tick.Marker = plot.TickerFunc(func(_, high float64) []plot.Tick {
		var ticks []plot.Tick
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999} {
			if x := 1 / (1 - q); x <= high*1.01 {
				ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprintf("%g %%", math.Round(q*1e6)/1e4)})
			}
		}
		return ticks
	})
	p.X.Label.Text = "share of requests that took no longer"
	return c, c.lines(list, false)
}
