package report

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
)

// by returns the lines of a contender.
func by(lines []record.Line, contender string) []record.Line {
	var some []record.Line
	for _, l := range lines {
		if l.Contender == contender {
			some = append(some, l)
		}
	}
	return some
}

// curve takes a value of every line that has it.
func curve(lines []record.Line, label, value string) line {
	l := line{label: label}
	for _, r := range lines {
		if v := r.Values[value]; v > 0 && r.X > 0 {
			l.points = append(l.points, plotter.XY{X: r.X, Y: v})
		}
	}
	return l
}

// logLog draws curves over logarithmic scales.
func (c *chart) logLog(list []line, x, kind string) (*chart, error) {
	var some []line
	for _, l := range list {
		if len(l.points) > 1 {
			some = append(some, l)
		}
	}
	if len(some) == 0 {
		return nil, nil
	}
	p := c.plot
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = logTicks(""), logTicks(kind)
	p.X.Label.Text = x
	return c, c.lines(some, true)
}

// instances shows what instances of one function hold.
func instances(set *record.Set) (*chart, error) {
	sandboxes, processes := by(set.Scenario("instances"), "wafer"), by(set.Scenario("instances"), contender.NativeName)
	c := newChart("instances", "Memory of live instances", "One function; each instance has answered. What goes away with the process, or with all processes of native instances, and cannot be dropped before.")
	return c.logLog([]line{
		curve(sandboxes, "sandboxes, all", "held"), curve(processes, "native, all", "held"),
		curve(sandboxes, "sandboxes, each", "each"), curve(processes, "native, each", "each"),
		curve(sandboxes, "sandboxes, each before it rests", "awake"), curve(processes, "native, of each in wafer itself", "own"),
	}, "instances", "bytes")
}

// instanceLatency shows whether that makes calls slower.
func instanceLatency(set *record.Set) (*chart, error) {
	sandboxes, processes := by(set.Scenario("instances"), "wafer"), by(set.Scenario("instances"), contender.NativeName)
	c := newChart("instances-latency", "Latency beside live instances", "Called in process.")
	return c.logLog([]line{
		curve(sandboxes, "new instance, p50", "new"), curve(sandboxes, "new instance, p99", "newP99"),
		curve(sandboxes, "warm, p50", "warm"), curve(sandboxes, "warm, p99", "warmP99"),
		curve(processes, "native, new instance, p50", "new"), curve(processes, "native, warm, p50", "warm"),
	}, "instances", "ns")
}

// functionMemory shows what different functions hold.
func functionMemory(set *record.Set) (*chart, error) {
	lines := set.Scenario("functions")
	c := newChart("functions", "Memory of different functions", "Each has its own code and its own snapshot, and no instance. What goes away with the process and cannot be dropped before.")
	return c.logLog([]line{curve(lines, "all", "held"), curve(lines, "each", "each")}, "functions", "bytes")
}

// functionLatency shows what calls cost beside different functions.
func functionLatency(set *record.Set) (*chart, error) {
	lines := set.Scenario("functions")
	c := newChart("functions-latency", "Latency beside different functions", "Each has its own code and its own snapshot, and no instance. Called in process.")
	return c.logLog([]line{
		curve(lines, "code not in memory, p50", "reload"), curve(lines, "new instance, p50", "new"), curve(lines, "warm, p50", "warm"),
	}, "functions", "ns")
}

// traced is what a trace was played to.
func traced(l record.Line) string { return label(l.Contender) + ", " + write(l.X, "bytes") }

// traceShares shows how warm invocations were under memory budgets.
func traceShares(set *record.Set) (*chart, error) {
	c := newChart("trace", "A trace under a memory budget: what calls found",
		"Functions of which few are popular, calls that come when they come, with a burst. Share of calls that found an instance, that had to make one or to start a process, and that had to read code as well.")
	var names []string
	var warm, made, read plotter.Values
	lines := set.Scenario("trace")
	slices.Reverse(lines) // the first one is to be on top
	for _, l := range lines {
		if l.Values["calls"] > 0 {
			names = append(names, traced(l))
			warm, made, read = append(warm, l.Values["warm"]), append(made, l.Values["new instance"]), append(read, l.Values["cold code"])
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return c, c.stacked(names, []stack{{"warm", warm}, {"new instance", made}, {"code was read", read}})
}

// traceLatency shows what calls took.
func traceLatency(set *record.Set) (*chart, error) {
	c := newChart("trace-latency", "A trace under a memory budget: latency", "Called in process; waiting for one's turn counts. The bar is of the 99th percentile.")
	var list []bar
	for _, l := range set.Scenario("trace") {
		if v := l.Values["p99"]; v > 0 {
			text := "p50 " + write(round(l.Values["p50"]), "ns") + ", p99 " + write(round(v), "ns")
			list = append(list, bar{label: traced(l), value: v, text: text, color: colorOf(l.Contender)})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return c, c.bars(list, "ns")
}

// traceMemory shows what it held over time.
func traceMemory(set *record.Set) (*chart, error) {
	c := newChart("trace-memory", "A trace under a memory budget: memory over time", "Anonymous memory and memory files of all processes.")
	var list []line
	for _, l := range set.Scenario("trace") {
		curve := line{label: traced(l)}
		for i, v := range l.Series["memory"] {
			if at := l.Series["at"]; i < len(at) {
				curve.points = append(curve.points, plotter.XY{X: at[i], Y: v})
			}
		}
		if len(curve.points) > 1 {
			list = append(list, curve)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	c.plot.X.Label.Text = "seconds"
	c.plot.Y.Min = 0
	c.plot.Y.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		var ticks []plot.Tick
		step := math.Exp2(math.Floor(math.Log2((high - low) / 4)))
		for v := math.Ceil(low/step) * step; v <= high; v += step {
			ticks = append(ticks, plot.Tick{Value: v, Label: write(v, "bytes")})
		}
		return ticks
	})
	return c, c.lines(list, false)
}
