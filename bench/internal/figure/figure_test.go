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
		{
			Spec:  figure.Spec{Name: "front", Unit: figure.Factor, Target: 0.8, Aim: figure.AtLeast},
			Value: 0.85, Low: 0.79, High: 0.91,
		},
		{
			Spec:  figure.Spec{Name: "net/http", Unit: figure.Factor, Aim: figure.None},
			Value: 0.5,
		},
	}
}

func TestTable(t *testing.T) {
	const want = `cold/native         1/41  <= 1/30      ok
    native p50   6.1 ms
kill              5.1 ms  <= 5 ms      short  (second try)
front              0.85x  >= 0.80x     ok  (0.79x to 0.91x)
net/http           0.50x  no target
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
		{Time: at, Figure: "front", Unit: "factor", Value: 0.85, Low: 0.79, High: 0.91, Target: 0.8, Aim: "at least", OK: true, Machine: machine},
		{Time: at, Figure: "net/http", Unit: "factor", Value: 0.5, Aim: "none", OK: true, Machine: machine},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A figure that should be large is short where it is small, and one without a
// target never is.
func TestAims(t *testing.T) {
	for _, tc := range []struct {
		aim     figure.Aim
		value   float64
		verdict string
		wanted  string
	}{
		{figure.AtMost, 0.9, "short", "at most 0.80x"},
		{figure.AtMost, 0.8, "ok", "at most 0.80x"},
		{figure.AtLeast, 0.8, "ok", "at least 0.80x"},
		{figure.AtLeast, 0.7, "short", "at least 0.80x"},
		{figure.None, 0, "", ""},
	} {
		f := figure.Figure{
			Spec: figure.Spec{Name: "f", Unit: figure.Factor, Target: 0.8, Aim: tc.aim}, Value: tc.value, Low: 0.5, High: 1,
		}
		var b strings.Builder
		if err := f.Write(&b, time.Time{}, figure.Machine{}); err != nil {
			t.Fatal(err)
		}
		list, err := figure.Latest(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		r := list[0]
		if f.Verdict() != tc.verdict || r.Verdict() != tc.verdict || r.Wanted() != tc.wanted {
			t.Errorf("%q %v: %q, recorded as %q, wanted %q", tc.aim, tc.value, f.Verdict(), r.Verdict(), r.Wanted())
		}
		if want := figure.Factor.Format(tc.value) + " (0.50x to 1.00x)"; r.Measured() != want {
			t.Errorf("measured is %q, want %q", r.Measured(), want)
		}
	}
}

// A figure that is measured again stays where it was.
func TestLatest(t *testing.T) {
	list, err := figure.Latest(strings.NewReader(`{"figure":"a","value":1}
{"figure":"b","value":2}
{"figure":"a","value":3}`))
	if err != nil || len(list) != 2 || list[0].Figure != "a" || list[0].Value != 3 || list[1].Figure != "b" {
		t.Errorf("%+v, error %v", list, err)
	}
	if _, err := figure.Latest(strings.NewReader("{}\n{")); err == nil || !strings.Contains(err.Error(), "record 2") {
		t.Errorf("error %v, want one that names the record", err)
	}
}
