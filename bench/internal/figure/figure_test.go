package figure_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

func TestUnitFormat(t *testing.T) {
	for _, tc := range []struct {
		unit figure.Unit
		v    float64
		want string
	}{
		{figure.Fraction, 1.0 / 40, "1/40"},
		{figure.Fraction, 1 / 33.46, "1/33.5"},
		{figure.Fraction, 0, "0"},
		{figure.Factor, 1.254, "1.25x"},
		{figure.Percent, 0.05, "5 %"},
		{figure.Milliseconds, 0.0025, "2.5 ms"},
		{figure.Microseconds, 0.0000525, "52.5 us"},
		{figure.KiB, 160 << 10, "160 KiB"},
		{figure.MiB, 1 << 20, "1 MiB"},
		{figure.GiB, 1.5 * (1 << 30), "1.5 GiB"},
		{figure.Count, 10000, "10000"},
	} {
		if got := tc.unit.Format(tc.v); got != tc.want {
			t.Errorf("%s of %v is %q, want %q", tc.unit, tc.v, got, tc.want)
		}
	}
}

func example() []figure.Figure {
	return []figure.Figure{
		{
			Spec:  figure.Spec{Name: "cold/native", Unit: figure.Fraction, Target: 1.0 / 30},
			Value: 1.0 / 41, Facts: []figure.Fact{{"native p50", figure.Milliseconds, 0.0061}},
		},
		{
			Spec:  figure.Spec{Name: "kill", Unit: figure.Milliseconds, Target: 0.005},
			Value: 0.0051, Note: "second try",
		},
	}
}

func TestTable(t *testing.T) {
	const want = `cold/native         1/41  <= 1/30      ok
    native p50   6.1 ms
kill              5.1 ms  <= 5 ms      short  (second try)
`
	var b strings.Builder
	list := example()
	table := figure.NewTable(&b, []figure.Spec{list[0].Spec, list[1].Spec}, true)
	for _, f := range list {
		if err := table.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWrite(t *testing.T) {
	var b strings.Builder
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	machine := figure.Machine{CPUs: 2, Go: "go1.26.1"}
	for _, f := range example() {
		if err := f.Write(&b, at, machine); err != nil {
			t.Fatal(err)
		}
	}
	var got []figure.Record
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		var r figure.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, r)
	}
	want := []figure.Record{
		{Time: at, Figure: "cold/native", Unit: "fraction", Value: 1.0 / 41, Target: 1.0 / 30, OK: true,
			Facts: map[string]float64{"native p50": 0.0061}, Machine: machine},
		{Time: at, Figure: "kill", Unit: "ms", Value: 0.0051, Target: 0.005, Note: "second try", Machine: machine},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
