package report

import (
	"strings"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
)

// headline is the table that comes first: what wafer takes, and what else a
// person would pick. Rows without data are left out.
func headline(set *record.Set) table {
	t := table{Head: []string{"the hello handler", "wafer", "instead", "", "times wafer's"}}
	for _, r := range []struct {
		what, value, kind string
		ours, theirs      pick
	}{
		{"a request, an instance is there", "p50", "ns", pick{"warm", "wafer"}, pick{"warm", contender.NativeName}},
		{"after a pause, an instance is there", "p50", "ns", pick{"fresh", contender.KeptName}, pick{"fresh", contender.NativeKeptName}},
		{"after a pause, no instance is there", "p50", "ns", pick{"fresh", "wafer"}, pick{"fresh", contender.NativeName}},
		{"after a pause, the code is not in memory either", "p50", "ns", pick{"fresh", contender.EvictedName}, pick{"fresh", contender.NativeName}},
		{"a request in a fresh sandbox, always", "p50", "ns", pick{"warm", "wafer-isolated"}, pick{"warm", "wazero-fresh"}},
		{"", "p50", "ns", pick{"warm", "wafer-isolated"}, pick{"warm", "extism"}},
		{"start of a server to its first answer", "first", "ns", pick{"starts", "wafer"}, pick{"starts", "native"}},
		{"", "first", "ns", pick{"starts", "wafer"}, pick{"starts", "workerd"}},
		{"requests per second, 16 in flight", "rate", "rate", pick{"throughput", "wafer"}, pick{"throughput", contender.NativeName}},
		{"memory of an idle instance", "each", "bytes", pick{"instances", "wafer"}, pick{"instances", contender.NativeName}},
	} {
		ours, theirs := r.ours.of(set), r.theirs.of(set)
		if ours == nil || theirs == nil || ours.Values[r.value] <= 0 || theirs.Values[r.value] <= 0 {
			continue
		}
		ratio := sample.Compare(theirs.Series[r.value], ours.Series[r.value])
		if ratio.Value == 0 { // it was not measured in turns
			ratio = sample.Ratio{Value: theirs.Values[r.value] / ours.Values[r.value], High: tooWide}
		}
		t.Rows = append(t.Rows, []string{
			r.what, write(round(ours.Values[r.value]), r.kind), label(r.theirs.contender), write(round(theirs.Values[r.value]), r.kind), writeRatio(ratio),
		})
	}
	return t
}

// pick is a line of a set: of the hello handler, with 16 in flight where that
// varies, and as many instances as there were.
type pick struct{ scenario, contender string }

func (p pick) of(set *record.Set) *record.Line {
	var found *record.Line
	for _, l := range set.Scenario(p.scenario) {
		if l.Contender == p.contender && l.Workload == "hello" && (p.scenario != "throughput" || l.X == 16) {
			found = &l
		}
	}
	return found
}

// ladder puts what a request costs at each temperature over HTTP beside what it
// costs in process, and native processes beside sandboxes.
func ladder(set *record.Set) table {
	t := table{
		Title: "Every temperature: hello",
		About: "Medians, coldest first. Over HTTP: deploy and restart are from the start of the server, the rest from the request to the answer. Native processes have some of them.",
		Head:  []string{"", "wafer, over HTTP", "in process", "native behind wafer, over HTTP", "in process"},
	}
	if set.Header.Module != "" {
		return t
	}
	for _, r := range []struct {
		temperature  string
		ours, theirs pick
	}{
		{"deploy", pick{"starts", "deploy"}, pick{}},
		{"restart", pick{"starts", "wafer"}, pick{"starts", contender.NativeName}},
		{"cold code", pick{"fresh", contender.EvictedName}, pick{}},
		{"new instance", pick{"fresh", "wafer"}, pick{"fresh", contender.NativeName}},
		{"isolated", pick{"warm", "wafer-isolated"}, pick{}},
		{"warm", pick{"warm", "wafer"}, pick{"warm", contender.NativeName}},
	} {
		row := []string{r.temperature}
		for _, p := range []pick{r.ours, {"temperatures", r.temperature}, r.theirs, {"temperatures", contender.NativeAt(r.temperature)}} {
			text := ""
			if l := p.of(set); l != nil {
				for _, value := range []string{"first", "p50"} {
					if v := l.Values[value]; text == "" && v > 0 {
						text = write(round(v), "ns")
					}
				}
			}
			row = append(row, text)
		}
		if strings.Join(row[1:], "") != "" {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
