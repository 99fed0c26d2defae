// Package report makes what people look at from the data of the benchmarks: an
// HTML page that needs nothing but itself, charts as SVG and PNG files, text for
// benchstat, and the performance section of README.md.
package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/bench/internal/record"
)

//go:embed report.html
var page string

// Write writes report.html, the charts, and results.txt for benchstat into a
// directory.
func Write(dir string, set *record.Set) error {
	charts, err := all(set)
	if err != nil {
		return err
	}
	for _, c := range charts {
		for _, format := range []string{"svg", "png"} {
			b, err := c.render(format)
			if err != nil {
				return fmt.Errorf("report: drawing %s: %w", c.name, err)
			}
			if format == "svg" {
				c.SVG = template.HTML(inline(b)) //nolint:gosec // drawn by us
			}
			if err := os.WriteFile(filepath.Join(dir, c.name+"."+format), b, 0o644); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
	}
	t, err := template.New("report").Funcs(functions()).Parse(page)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, struct {
		*record.Set
		Charts []*chart
		Tables []table
		Busy   string
	}{set, charts, tables(set), busy(set)}); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var text bytes.Buffer
	if err := set.Benchstat(&text); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.txt"), text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report.html"), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// inline takes an SVG file's prolog off, which has no place inside of a page.
func inline(svg []byte) []byte {
	if i := bytes.Index(svg, []byte("<svg")); i >= 0 {
		return svg[i:]
	}
	return svg
}

// all returns every chart for which there is data.
func all(set *record.Set) ([]*chart, error) {
	var list []*chart
	for _, draw := range []func(*record.Set) (*chart, error){
		compared, distribution, throughput, starts, fresh, temperatures, atATime, instances, instanceLatency, functionMemory, functionLatency, traceShares, traceLatency, traceMemory,
	} {
		c, err := draw(set)
		if err != nil {
			return nil, err
		}
		if c != nil {
			list = append(list, c)
		}
	}
	return list, nil
}
