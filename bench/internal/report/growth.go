package report

import (
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
		curve(sandboxes, "all, resting", "held"), curve(sandboxes, "each, resting", "each"), curve(sandboxes, "each, before it rests", "awake"),
		curve(processes, "native, all", "held"), curve(processes, "native, each", "each"), curve(processes, "native, of each in wafer itself", "own"),
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

// traceShares shows how warm invocations were under memory budgets.
func traceShares(set *record.Set) (*chart, error) {
	c := newChart("trace", "A trace under a memory budget: share of calls that found nothing ready",
		"Functions of which few are popular, calls that come when they come, with bursts. Calls that had to read code or to make an instance, or to start a process.")
	var list []bar
	for _, l := range set.Scenario("trace") {
		if v := l.Values["cold code"] + l.Values["new instance"]; v > 0 {
			list = append(list, bar{label(l.Contender) + ", " + write(l.X, "bytes"), v, write(v, "share")})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return c, c.bars(list, "share")
}

// traceMemory shows what it held over time.
func traceMemory(set *record.Set) (*chart, error) {
	c := newChart("trace-memory", "A trace under a memory budget: memory over time", "Anonymous memory and memory files of all processes.")
	var list []line
	for _, l := range set.Scenario("trace") {
		curve := line{label: label(l.Contender) + ", " + write(l.X, "bytes")}
		for i, v := range l.Series["memory"] {
			curve.points = append(curve.points, plotter.XY{X: float64(i), Y: v})
		}
		if len(curve.points) > 1 {
			list = append(list, curve)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	c.plot.X.Label.Text = "samples"
	c.plot.Y.Min = 0
	c.plot.Y.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		ticks := plot.DefaultTicks{}.Ticks(low, high)
		for i := range ticks {
			if ticks[i].Label != "" {
				ticks[i].Label = write(ticks[i].Value, "bytes")
			}
		}
		return ticks
	})
	return c, c.lines(list, false)
}
