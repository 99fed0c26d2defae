package logs_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// TestForks follows the lines of an instance that serves several requests.
func TestForks(t *testing.T) {
	var got []string
	r := logs.New("f", func(l logs.Line) { got = append(got, l.RequestID+": "+string(l.Text)) })
	say := func(text string) { _, _ = io.WriteString(r.Stdout(), text) }
	say("boot\n")
	a := r.Fork("a")
	a.Start(logs.Invoke)
	say("alone\nunfinished")
	b := r.Fork("b")
	say("together\n")
	b.Start(logs.Invoke)
	r.Join(a)
	say("b's")
	b.End(logs.Invoke, "")
	r.Join(b)
	say("late\n")
	for range 3 * logs.MaxRequest / 1000 { // of nobody, and without end
		say(strings.Repeat("x", 1000) + "\n")
		r.Join(r.Fork("c"))
	}
	want := []string{
		": boot", "a: FC Invoke Start RequestId: a", "a: alone", "a: unfinished", ": together",
		"b: FC Invoke Start RequestId: b", "b: b's", "b: FC Invoke End RequestId: b", ": late",
	}
	if diff := cmp.Diff(want, got[:min(len(want), len(got))]); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if n := len(got) - len(want); n != 3*logs.MaxRequest/1000 {
		t.Errorf("%d of the last lines were logged, all should be: %s", n, got[len(got)-1])
	}
	if diff := cmp.Diff("FC Invoke Start RequestId: a\nalone\nunfinished\n", string(a.Tail())); diff != "" {
		t.Errorf("tail of a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("FC Invoke Start RequestId: b\nb's\nFC Invoke End RequestId: b\n", string(b.Tail())); diff != "" {
		t.Errorf("tail of b (-want +got):\n%s", diff)
	}
}

// TestForksAtOnce is for the race detector.
func TestForksAtOnce(t *testing.T) {
	lines := make(chan string, 10_000)
	r := logs.New("f", func(l logs.Line) { lines <- string(l.Text) })
	done := make(chan bool)
	for i := range 4 {
		go func() {
			for range 100 {
				f := r.Fork(fmt.Sprint(i))
				f.Start(logs.Invoke)
				_, _ = io.WriteString(r.Stderr(), "text\n")
				f.End(logs.Invoke, "")
				_ = f.Tail()
				r.Join(f)
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	if n := len(lines); n != 4*100*3 {
		t.Errorf("%d lines", n)
	}
}
