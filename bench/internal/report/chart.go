package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// chart is one picture.
type chart struct {
	name  string // of its files
	Title string
	About string
	SVG   template.HTML

	plot          *plot.Plot
	width, height vg.Length
}

// newChart makes an empty one.
func newChart(name, title, about string) *chart {
	c := &chart{name: name, Title: title, About: about, plot: plot.New(), width: 18 * vg.Centimeter, height: 10 * vg.Centimeter}
	c.plot.BackgroundColor = color.White
	c.plot.Legend.Top, c.plot.Legend.Left = true, true
	c.plot.Add(plotter.NewGrid())
	return c
}

// render draws it.
func (c *chart) render(format string) ([]byte, error) {
	w, err := c.plot.WriterTo(c.width, c.height, format)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// palette returns a color that the eye tells from its neighbours, also when it
// is colour-blind: those of Okabe and Ito.
func palette(i int) color.Color {
	colors := []color.RGBA{
		{0, 114, 178, 255}, {230, 159, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {86, 180, 233, 255},
		{213, 94, 0, 255}, {120, 120, 120, 255}, {240, 228, 66, 255}, {0, 0, 0, 255},
	}
	return colors[i%len(colors)]
}

// bar is one bar of a chart.
type bar struct {
	label string
	value float64
	text  string
}

// bars draws horizontal bars over a logarithmic scale, with their values
// beside them.
func (c *chart) bars(list []bar, axis string) error {
	low, high := math.Inf(1), 0.0
	for _, b := range list {
		low, high = min(low, b.value), max(high, b.value)
	}
	if len(list) == 0 || low <= 0 {
		return fmt.Errorf("report: a bar of %v has no place on a logarithmic scale", low)
	}
	base := math.Pow(10, math.Floor(math.Log10(low)-0.3))
	names := make([]string, len(list))
	for i, b := range list {
		at := float64(len(list) - 1 - i)
		names[len(list)-1-i] = b.label
		p, err := plotter.NewPolygon(plotter.XYs{{X: base, Y: at - 0.35}, {X: b.value, Y: at - 0.35}, {X: b.value, Y: at + 0.35}, {X: base, Y: at + 0.35}})
		if err != nil {
			return err
		}
		p.Color, p.Width = palette(i), 0
		labels, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: b.value * 1.05, Y: at - 0.12}}, Labels: []string{b.text}})
		if err != nil {
			return err
		}
		c.plot.Add(p, labels)
	}
	c.plot.NominalY(names...)
	c.plot.X.Scale, c.plot.X.Tick.Marker = plot.LogScale{}, logTicks(axis)
	c.plot.X.Min, c.plot.X.Max = base, high*6
	c.plot.Y.Min, c.plot.Y.Max = -0.7, float64(len(list))-0.3
	c.height = vg.Length(len(list))*0.8*vg.Centimeter + 2*vg.Centimeter
	return nil
}

// line is one curve of a chart.
type line struct {
	label  string
	points plotter.XYs
}

// lines draws curves.
func (c *chart) lines(list []line, marks bool) error {
	for i, l := range list {
		curve, err := plotter.NewLine(l.points)
		if err != nil {
			return err
		}
		curve.Color, curve.Width = palette(i), vg.Points(1.5)
		c.plot.Add(curve)
		c.plot.Legend.Add(l.label, curve)
		if marks {
			dots, err := plotter.NewScatter(l.points)
			if err != nil {
				return err
			}
			dots.Color, dots.Shape, dots.Radius = palette(i), draw.CircleGlyph{}, vg.Points(2.5)
			c.plot.Add(dots)
		}
	}
	return nil
}

// logTicks marks powers of ten, in words.
func logTicks(axis string) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) []plot.Tick {
		var ticks []plot.Tick
		for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
			for m := 1.0; m < 10; m++ {
				t := plot.Tick{Value: m * math.Pow(10, e)}
				if m == 1 {
					t.Label = write(t.Value, axis)
				}
				if t.Value >= low && t.Value <= high {
					ticks = append(ticks, t)
				}
			}
		}
		return ticks
	})
}

// write writes a number of that kind: ns, bytes, rate, or a plain one.
func write(v float64, kind string) string {
	scale := func(steps []string, factor float64) string {
		i := 0
		for ; i < len(steps)-1 && math.Abs(v) >= factor; i++ {
			v /= factor
		}
		return strconv.FormatFloat(v, 'g', 3, 64) + " " + steps[i]
	}
	switch kind {
	case "ns":
		return scale([]string{"ns", "µs", "ms", "s"}, 1000)
	case "bytes":
		return scale([]string{"B", "KiB", "MiB", "GiB"}, 1024)
	case "rate":
		return strconv.FormatFloat(v, 'f', 0, 64) + "/s"
	case "share":
		return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
	}
	if v >= 1e6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
