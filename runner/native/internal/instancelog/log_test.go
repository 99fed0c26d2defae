package instancelog_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
)

// sink keeps lines as id|stream|text.
type sink struct {
	mu    sync.Mutex
	lines []string
}

func (s *sink) put(l logs.Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%s|%s|%s", l.RequestID, l.Stream, l.Text))
}

func open(t *testing.T) (j *instancelog.Log, out, err *os.File, s *sink) {
	t.Helper()
	before := runtime.NumGoroutine()
	s = &sink{}
	j, out, err, e := instancelog.New(logs.Source{Function: "f"}, s.put)
	if e != nil {
		t.Fatal(e)
	}
	t.Cleanup(func() {
		out.Close()
		err.Close()
		j.Close()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
	})
	return j, out, err, s
}

func say(t *testing.T, f *os.File, text string) {
	t.Helper()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// TestOneInvocation writes like a program of the FC Go SDK. Nobody waits for
// anything: what was written before End is in the entry.
func TestOneInvocation(t *testing.T) {
	for range 200 {
		j, out, err, s := open(t)
		say(t, out, "starting\nhalf a li")
		e := j.Begin("r1")
		e.Start(logs.Invoke)
		say(t, out, "FC Invoke Start RequestId: r1\nhello\n")
		say(t, err, "oh ")
		say(t, err, "no\n")
		say(t, out, "FC Invoke End RequestId: r1, Error: Unhandled function error\nno newline")
		e.End(logs.Invoke, "Unhandled function error")
		want := "FC Invoke Start RequestId: r1\nhello\noh no\nno newline\n" +
			"FC Invoke End RequestId: r1, Error: Unhandled function error\n"
		got := string(e.Tail())
		if i, k := strings.Index(got, "oh no\n"), strings.Index(got, "hello\n"); i >= 0 && i < k { // two pipes, any order
			got = strings.Replace(strings.Replace(got, "oh no\n", "", 1), "hello\n", "hello\noh no\n", 1)
		}
		got = strings.Replace(got, "no newline\noh no\n", "oh no\nno newline\n", 1)
		if got != want {
			t.Fatalf("the tail is\n%s\nwant\n%s", got, want)
		}
		e.Close()
		say(t, out, "later\n")
		if d := cmp.Diff("starting\nhalf a li\nlater\n", j.Loose()); d != "" {
			t.Fatalf("outside of invocations (-want +got):\n%s", d)
		}
		s.mu.Lock()
		if d := cmp.Diff([]string{"|stdout|starting", "|stdout|half a li", "r1|host|FC Invoke Start RequestId: r1"}, s.lines[:3]); d != "" {
			t.Fatalf("the sink got (-want +got):\n%s", d)
		}
		s.mu.Unlock()
	}
}

// TestSeveralInvocations sorts lines by the ids in them.
func TestSeveralInvocations(t *testing.T) {
	j, out, err, _ := open(t)
	a, b := j.Begin("id-a"), j.Begin("id-b")
	a.Start(logs.Invoke)
	b.Start(logs.Invoke)
	say(t, out, "FC Invoke Start RequestId: id-a\n"+
		"2026-11-22T05:30:52.734Z id-b [INFO] main.go:21: hi\n"+
		"whose?\n"+
		" not b's\n"+
		"FC Invoke Start RequestId: id-other\n")
	_ = j.Loose() // reads it, before the other pipe
	say(t, err, "2026/11/22 05:30:52.728218  id-a [ERROR] {\n \"errorMessage\": \"x\"\n}\nwhose?\n")
	a.End(logs.Invoke, "")
	b.End(logs.Invoke, "")
	wantA := "FC Invoke Start RequestId: id-a\n2026/11/22 05:30:52.728218  id-a [ERROR] {\n \"errorMessage\": \"x\"\n}\nFC Invoke End RequestId: id-a\n"
	wantB := "FC Invoke Start RequestId: id-b\n2026-11-22T05:30:52.734Z id-b [INFO] main.go:21: hi\nFC Invoke End RequestId: id-b\n"
	if d := cmp.Diff([]string{wantA, wantB}, []string{string(a.Tail()), string(b.Tail())}); d != "" {
		t.Errorf("the tails are (-want +got):\n%s", d)
	}
	a.Close()
	say(t, out, "nobody's\n")
	b.Close()
	if d := cmp.Diff("whose?\n not b's\nFC Invoke Start RequestId: id-other\nwhose?\nnobody's\n", j.Loose()); d != "" {
		t.Errorf("outside of invocations (-want +got):\n%s", d)
	}
}

// TestLongLines are cut, and cost no more memory than a line may have.
func TestLongLines(t *testing.T) {
	j, out, _, s := open(t)
	e := j.Begin("r")
	e.Start(logs.Invoke)
	long := strings.Repeat("x", 200<<10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		say(t, out, long+"\nshort\n")
	}()
	<-done
	e.End(logs.Invoke, "")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines) != 4 || len(s.lines[1]) != logs.MaxLine+len("r|stdout|") || s.lines[2] != "r|stdout|short" {
		t.Errorf("got %d lines, the first of %d bytes", len(s.lines), len(s.lines[1]))
	}
}

// TestMuchBetweenInvocations has a program print without end while it is idle, of
// which there is a limit, and a line later on, which is not lost for that.
func TestMuchBetweenInvocations(t *testing.T) {
	j, out, _, s := open(t)
	flood := func() {
		for range 3 << 10 {
			say(t, out, strings.Repeat("x", 1023)+"\n")
		}
		_ = j.Loose() // reads the rest
	}
	for range 3 {
		flood()
		j.Begin("r").Close()
		say(t, out, "a word\n")
		_ = j.Loose()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	words, size := 0, 0
	for _, l := range s.lines {
		if l == "|stdout|a word" {
			words++
		}
		size += len(l)
	}
	if words != 3 || size > 4*logs.MaxRequest {
		t.Errorf("%d words of 3 and %d bytes are in the log", words, size)
	}
}

// TestAChildThatKeepsThePipe does not keep the log from closing.
func TestAChildThatKeepsThePipe(t *testing.T) {
	j, out, errs, err := instancelog.New(logs.Source{Function: "f"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer errs.Close()
	j.Close()
}

// TestHammer writes, begins and ends all at once. Run it with -race.
func TestHammer(t *testing.T) {
	j, out, err, _ := open(t)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 200 {
				id := fmt.Sprintf("id-%d-%d.", g, i)
				e := j.Begin(id)
				e.Start(logs.Invoke)
				say(t, out, "mine: "+id+"\n")
				say(t, err, "mine: "+id+"\n")
				e.End(logs.Invoke, "")
				if got := strings.Count(string(e.Tail()), "mine: "+id+"\n"); got != 2 {
					t.Errorf("%s has %d lines of its own, want 2", id, got)
				}
				e.Close()
			}
		}()
	}
	wg.Wait()
}
