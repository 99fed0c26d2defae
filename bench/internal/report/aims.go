package report

import (
	"fmt"
	"strings"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
)

// What throughput should come to: a warm sandbox is to answer no fewer requests
// than a native process behind the same front, and a fresh one for every request
// nearly as many.
const (
	nativeAim   = 1
	isolatedAim = 0.8
)

// aimsInWords says what they are.
var aimsInWords = fmt.Sprintf("warm against native behind the same front (at least %g times as many), isolated against warm (at least %g times)", float64(nativeAim), isolatedAim)

// throughputAims compares requests per second with what they should be, for each
// number in flight.
func throughputAims(set *record.Set) []figure.Record {
	var native, isolated []figure.Record
	add := func(list []figure.Record, l record.Line, name, what string, ratio sample.Ratio, target float64) []figure.Record {
		r := figure.Record{
			Time: set.Header.Time, Machine: set.Header.Machine, Figure: fmt.Sprintf("throughput-%s-%g", name, l.X), Unit: figure.Factor,
			Title:  fmt.Sprintf("%g in flight: %s", l.X, what),
			Target: target, Aim: figure.AtLeast, Value: ratio.Value, OK: ratio.Value >= target,
		}
		if ratio.High < tooWide {
			r.Low, r.High = ratio.Low, ratio.High
		}
		return append(list, r)
	}
	for _, l := range set.Scenario("throughput") {
		ratio, ok := l.Ratios["rate"]
		if !ok || l.Base != "wafer" {
			continue
		}
		switch l.Contender {
		case contender.NativeName:
			native = add(native, l, "native", "warm, against native processes behind the same front", ratio.Inverse(), nativeAim)
		case "wafer-isolated":
			isolated = add(isolated, l, "isolated", "a fresh sandbox for every request, against warm", ratio, isolatedAim)
		}
	}
	return append(native, isolated...)
}

// targetTable is a table of figures that have targets.
func targetTable(records []figure.Record) table {
	t := table{Head: []string{"", "measured", "target", "", "note"}}
	for _, r := range records {
		title := r.Title
		if title == "" {
			title = r.Figure
		}
		t.Rows = append(t.Rows, []string{title, r.Measured(), r.Wanted(), r.Verdict(), r.Note})
	}
	return t
}

// verdicts says in words how many figures meet their targets.
func verdicts(records []figure.Record) string {
	targets, ok := 0, 0
	for _, r := range records {
		switch r.Verdict() {
		case "ok":
			ok++
			targets++
		case "short":
			targets++
		}
	}
	return fmt.Sprintf("%d of %d targets are met", ok, targets)
}

// folded writes a table of figures that opens on a click.
func folded(b *strings.Builder, what string, records []figure.Record) {
	fmt.Fprintf(b, "<details><summary>%s: %s</summary>\n\n", what, verdicts(records))
	markdown(b, targetTable(records))
	b.WriteString("\n</details>\n")
}
