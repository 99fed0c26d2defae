package logs_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
)

// collect is a sink that keeps lines as "stream requestID text".
type collect []string

func (c *collect) sink(l logs.Line) {
	*c = append(*c, fmt.Sprintf("%s %s %s", l.Stream, l.RequestID, l.Text))
}

func TestLines(t *testing.T) {
	var got collect
	r := logs.New("f", got.sink)
	r.Begin("r1")
	r.Start(logs.Invoke)
	for _, piece := range []string{"one\ntwo", " still two\n\nthr", "ee"} {
		if n, err := io.WriteString(r.Stdout(), piece); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	_, _ = io.WriteString(r.Stderr(), "oops\r\n")
	r.End(logs.Invoke, "Unhandled function error")
	r.Begin("r2")
	r.Start(logs.Initialize)
	r.End(logs.Initialize, "")
	want := collect{
		"host r1 FC Invoke Start RequestId: r1",
		"stdout r1 one", "stdout r1 two still two", "stdout r1 ",
		"stderr r1 oops\r",
		"stdout r1 three",
		"host r1 FC Invoke End RequestId: r1, Error: Unhandled function error",
		"host r2 FC Initialize Start RequestId: r2",
		"host r2 FC Initialize End RequestId: r2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := string(r.Tail()), "FC Initialize Start RequestId: r2\nFC Initialize End RequestId: r2\n"; got != want {
		t.Errorf("tail %q, want that of the last request, %q", got, want)
	}
}

func TestRecord(t *testing.T) {
	var got collect
	r := logs.New("f", got.sink)
	r.Begin("r1")
	r.Record(abi.LevelWarn, []byte("careful\n"))
	r.Record(abi.Level(99), []byte("odd"))
	want := regexp.MustCompile(`^record r1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z r1 \[(WARN|ERROR)\] (careful|odd)$`)
	for _, line := range got {
		if !want.MatchString(line) {
			t.Errorf("%q", line)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d lines", len(got))
	}
}

func TestLongLineIsCut(t *testing.T) {
	for _, pieces := range [][]int{{3 * logs.MaxLine}, {1000, 3 * logs.MaxLine}, {logs.MaxLine, 1, 1}} {
		var got collect
		r := logs.New("f", got.sink)
		r.Begin("r")
		for _, n := range pieces {
			_, _ = io.WriteString(r.Stdout(), strings.Repeat("x", n))
		}
		_, _ = io.WriteString(r.Stdout(), "\nnext\n")
		if len(got) != 2 || len(got[0]) != len("stdout r ")+logs.MaxLine || got[1] != "stdout r next" {
			t.Errorf("pieces %v: %d lines, the first of %d bytes", pieces, len(got), len(got[0]))
		}
	}
}

func TestRequestIsBounded(t *testing.T) {
	var got collect
	r := logs.New("f", got.sink)
	r.Begin("r")
	line := strings.Repeat("y", 999) + "\n"
	for range 3 * logs.MaxRequest / len(line) {
		_, _ = io.WriteString(r.Stdout(), line)
	}
	r.End(logs.Invoke, "")
	total := 0
	for _, l := range got {
		total += len(l)
	}
	if total > 2*logs.MaxRequest {
		t.Errorf("%d bytes got through", total)
	}
	n := len(got)
	if !strings.Contains(got[n-2], "is over 1048576 bytes, the rest is dropped") || !strings.Contains(got[n-1], "FC Invoke End") {
		t.Errorf("the log ends %q", got[n-2:])
	}
	if tail := r.Tail(); len(tail) > logs.TailSize || !strings.HasSuffix(string(tail), "FC Invoke End RequestId: r\n") {
		t.Errorf("tail of %d bytes", len(tail))
	}
	r.Begin("r2")
	_, _ = io.WriteString(r.Stdout(), "again\n")
	if got[len(got)-1] != "stdout r2 again" {
		t.Error("the next request is cut as well")
	}
}

func TestTailIsTheEnd(t *testing.T) {
	r := logs.New("f", nil)
	r.Begin("r")
	var all strings.Builder
	for i := range 5000 {
		line := fmt.Sprintf("line %d\n", i)
		all.WriteString(line)
		_, _ = io.WriteString(r.Stdout(), line)
	}
	if want := all.String()[all.Len()-logs.TailSize:]; string(r.Tail()) != want {
		t.Errorf("tail is %q...", r.Tail()[:40])
	}
}

func FuzzWrites(f *testing.F) {
	f.Add("a\nb", "\n\n", "c")
	f.Add("", "x", "\r\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var got collect
		r := logs.New("f", got.sink)
		r.Begin("")
		for _, s := range []string{a, b, c} {
			_, _ = io.WriteString(r.Stdout(), s)
		}
		r.Flush()
		all := a + b + c
		if len(all) > logs.MaxLine {
			return
		}
		var want collect
		for line := range strings.Lines(all) {
			want = append(want, "stdout  "+strings.TrimSuffix(line, "\n"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A line says whose it is, also that of a request among several.
func TestSource(t *testing.T) {
	source := logs.Source{Service: "s", Function: "f", Qualifier: "prod", Version: "7", InstanceID: "c-1"}
	var got []logs.Source
	r := logs.NewFrom(source, func(l logs.Line) { got = append(got, l.Source) })
	r.Start(logs.Initialize)
	fork := r.Fork("r1")
	fork.Start(logs.Invoke)
	r.Join(fork)
	if diff := cmp.Diff([]logs.Source{source, source}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a server of the custom runtime has to print itself is there once.
func TestMarkersOnce(t *testing.T) {
	var got collect
	r := logs.New("f", got.sink)
	r.Begin("r1")
	r.Start(logs.Invoke)
	for _, line := range []string{
		"FC Invoke Start RequestId: r1", "FC Invoke Start RequestId: r2", "FC Invoke Start", "FC Invoke End RequestId: r1, Error: mine", "FC Invoke End RequestId: r1 ",
	} {
		_, _ = io.WriteString(r.Stdout(), line+"\n")
	}
	_, _ = io.WriteString(r.Stderr(), "FC Invoke End RequestId: r1\n")
	r.End(logs.Invoke, "")
	want := collect{
		"host r1 FC Invoke Start RequestId: r1",
		"stdout r1 FC Invoke Start RequestId: r2", "stdout r1 FC Invoke Start",
		"stderr r1 FC Invoke End RequestId: r1",
		"host r1 FC Invoke End RequestId: r1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
