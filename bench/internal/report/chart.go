package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/wafer-run/wafer/bench/internal/contender"
)

// chart is one picture.
type chart struct {
	name  string // of its files
	Title string
	About string
	SVG   template.HTML

	plot          *plot.Plot
	grid          *plotter.Grid
	width, height vg.Length
}

// padding is left free around a chart.
const padding = 0.3 * vg.Centimeter

// newChart makes an empty one.
func newChart(name, title, about string) *chart {
	c := &chart{
		name: name, Title: title, About: about, plot: plot.New(), grid: plotter.NewGrid(),
		width: 18 * vg.Centimeter, height: 10 * vg.Centimeter,
	}
	p := c.plot
	p.BackgroundColor = nil // it is filled with the padding
	p.Legend.Top, p.Legend.Left = true, true
	for _, style := range []*text.Style{
		&p.X.Tick.Label, &p.Y.Tick.Label, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.Legend.TextStyle,
	} {
		style.Font.Variant = sans
	}
	p.Legend.TextStyle.Font.Size = vg.Points(10)
	p.Add(c.grid)
	return c
}

// sans is the variant of the font, which in a picture that is text is named, with
// others that are as wide where it is not there.
const (
	sans     = font.Variant("Sans")
	oneFont  = "font-family:Liberation Sans"
	someFont = oneFont + ",Arial,Helvetica,sans-serif"
)

// render draws it.
func (c *chart) render(format string) ([]byte, error) {
	w, err := draw.NewFormattedCanvas(c.width+2*padding, c.height+2*padding, format)
	if err != nil {
		return nil, err
	}
	page := draw.New(w)
	page.FillPolygon(color.White, []vg.Point{page.Min, {X: page.Max.X, Y: page.Min.Y}, page.Max, {X: page.Min.X, Y: page.Max.Y}})
	c.plot.Draw(draw.Crop(page, padding, -padding, padding, -padding))
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, err
	}
	if format == "svg" {
		return bytes.ReplaceAll(b.Bytes(), []byte(oneFont), []byte(someFont)), nil
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

// colorOf returns the color of a contender's bars: wafer's sandboxes, native
// processes and all others are told apart at a glance.
func colorOf(name string) color.Color {
	base, _, _ := strings.Cut(name, ", ")
	switch c := contender.Named(base); {
	case strings.Contains(base, "native"):
		return palette(1)
	case c != nil && !strings.HasPrefix(base, "wafer"):
		return palette(6)
	}
	return palette(0)
}

// bar is one bar of a chart.
type bar struct {
	label string
	value float64
	text  string
	color color.Color
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
		p.Color, p.LineStyle.Width = b.color, 0
		labels, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: b.value * 1.05, Y: at - 0.12}}, Labels: []string{b.text}})
		if err != nil {
			return err
		}
		labels.TextStyle[0].Font.Variant = sans
		c.plot.Add(p, labels)
	}
	c.grid.Horizontal.Color = nil // it would strike the texts out
	c.plot.NominalY(names...)
	c.plot.X.Scale, c.plot.X.Tick.Marker = plot.LogScale{}, logTicks(axis)
	longest := 0
	for _, b := range list {
		longest = max(longest, len(b.text))
	}
	c.plot.X.Min, c.plot.X.Max = base, high*math.Pow(high/base, 0.05+0.016*float64(longest)) // room for the texts
	c.plot.Y.Min, c.plot.Y.Max = -0.7, float64(len(list))-0.3
	c.height = vg.Length(len(list))*0.8*vg.Centimeter + 2*vg.Centimeter
	return nil
}

// stack is one part of each of several bars.
type stack struct {
	label  string
	values plotter.Values
}

// stacked draws horizontal bars of shares, one for each name, from the bottom up.
func (c *chart) stacked(names []string, parts []stack) error {
	c.grid.Horizontal.Color = nil
	var below *plotter.BarChart
	for i, part := range parts {
		b, err := plotter.NewBarChart(part.values, 0.55*vg.Centimeter)
		if err != nil {
			return err
		}
		b.Horizontal, b.Color, b.LineStyle.Width = true, palette([]int{0, 4, 1}[i%3]), 0
		if below != nil {
			b.StackOn(below)
		}
		below = b
		c.plot.Add(b)
		c.plot.Legend.Add(part.label, b)
	}
	c.plot.NominalY(names...)
	c.plot.X.Min, c.plot.X.Max = 0, 1
	c.plot.Y.Min, c.plot.Y.Max = -0.7, float64(len(names))+0.8 // room for the legend
	c.plot.X.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		ticks := plot.DefaultTicks{}.Ticks(low, high)
		for i := range ticks {
			if ticks[i].Label != "" {
				ticks[i].Label = strconv.FormatFloat(100*ticks[i].Value, 'f', 0, 64) + " %"
			}
		}
		return ticks
	})
	c.height = vg.Length(len(names))*0.8*vg.Centimeter + 3*vg.Centimeter
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
	// Above all there is room for the legend.
	y, room := &c.plot.Y, 0.06*float64(len(list))
	if _, ok := y.Scale.(plot.LogScale); ok {
		y.Max *= math.Pow(y.Max/y.Min, room)
	} else {
		y.Max += room * (y.Max - y.Min)
	}
	return nil
}

// logTicks marks powers of ten, or of four for bytes, in words.
func logTicks(axis string) plot.Ticker {
	if axis == "bytes" {
		return plot.TickerFunc(func(low, high float64) []plot.Tick {
			var ticks []plot.Tick
			for v := math.Pow(4, math.Ceil(math.Log(low)/math.Log(4))); v <= high; v *= 4 {
				ticks = append(ticks, plot.Tick{Value: v, Label: write(v, axis)})
			}
			return ticks
		})
	}
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
