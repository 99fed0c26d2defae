package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/journal"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 123456000, time.UTC)

func line(function, request, text string) logs.Line {
	return logs.Line{
		Time: noon, RequestID: request, Stream: logs.Stdout, Text: []byte(text),
		Source: logs.Source{Function: function, Qualifier: "LATEST", InstanceID: "c-1"},
	}
}

// output is what a journal writes to: it can block, and fail.
type output struct {
	mu   sync.Mutex
	b    bytes.Buffer
	fail error
	gate sync.Mutex // held to block it
}

func (o *output) Write(b []byte) (int, error) {
	o.gate.Lock()
	defer o.gate.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return 0, o.fail
	}
	return o.b.Write(b)
}

func (o *output) Close() error { return nil }

func (o *output) broken(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

func (o *output) entries(t *testing.T) []journal.Entry {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []journal.Entry
	lines := bufio.NewScanner(bytes.NewReader(o.b.Bytes()))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e journal.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		all = append(all, e)
	}
	return all
}

func closeJournal(t *testing.T, j *journal.Journal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := j.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestEntries(t *testing.T) {
	var out output
	j := journal.New(&out, slog.New(slog.DiscardHandler))
	j.Line(line("hello", "r1", "plain"))
	j.Line(line("hello", "r1", "quo\"tes, \\, tab\t, \x1b[31m, é, \xff and a line\n"))
	j.Line(line("hello", "", strings.Repeat("x", 40_000)))
	record := line("hello", "r1", "2026-01-02T12:00:00.1Z r1 [WARN] careful [x]")
	record.Stream, record.Service, record.Version = logs.Records, "svc", "7"
	j.Line(record)
	j.Request(&front.Record{
		Time: noon, Duration: 1500 * time.Microsecond, RequestID: "r1", Method: "POST", Path: "/a", Host: "h", ClientIP: "10.0.0.7",
		BytesIn: 3, BytesOut: 5, Function: "hello", Qualifier: "LATEST", Version: "3", Status: 502, ErrorType: "T", Error: "e",
		Usage: runner.Usage{Duration: time.Millisecond, CPU: time.Microsecond, MaxMemory: 5 << 20, InstanceID: "c-1", ColdStart: true},
	})
	closeJournal(t, j)
	log := journal.Entry{Time: noon, Type: "log", Function: "hello", Qualifier: "LATEST", RequestID: "r1", InstanceID: "c-1", Stream: "stdout"}
	plain, odd, long, level := log, log, log, log
	plain.Message = "plain"
	odd.Message = "quo\"tes, \\, tab\t, \x1b[31m, é, \ufffd and a line\n"
	long.Message, long.RequestID = strings.Repeat("x", logs.MaxLine), ""
	level.Stream, level.Level, level.Service, level.Version, level.Message = "record", "WARN", "svc", "7", string(record.Text)
	want := []journal.Entry{plain, odd, long, level, {
		Time: noon, Type: "request", Function: "hello", Qualifier: "LATEST", Version: "3", RequestID: "r1", InstanceID: "c-1",
		Method: "POST", Host: "h", Path: "/a", ClientIP: "10.0.0.7", Status: 502, ErrorType: "T", Error: "e",
		DurationMS: 1.5, InvocationMS: 1, CPUMS: 0.001, MaxMemoryMB: 5, ColdStart: true, BytesIn: 3, BytesOut: 5,
	}}
	if diff := cmp.Diff(want, out.entries(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	j.Line(line("late", "", "late"))
	if n := j.Dropped(); n != 1 {
		t.Errorf("%d dropped after the end, want 1", n)
	}
	if err := j.Close(context.Background()); err == nil {
		t.Error("closed twice")
	}
}

// Writers never wait, and what is missing is told.
func TestSlowOutput(t *testing.T) {
	var out output
	out.gate.Lock()
	j := journal.New(&out, slog.New(slog.DiscardHandler))
	const n = 1000
	text := strings.Repeat("x", 20_000) // 20 MB, of which little fits
	for i := range n {
		j.Line(line("f", "", fmt.Sprintf("%d %s", i, text)))
	}
	dropped := j.Dropped()
	if dropped == 0 || dropped == n {
		t.Fatalf("%d of %d dropped", dropped, n)
	}
	out.gate.Unlock()
	closeJournal(t, j)
	check(t, &out, n, dropped)
}

// check expects every line once, or counted as dropped.
func check(t *testing.T, out *output, n int, dropped int64) {
	t.Helper()
	var missing, there int64
	for _, e := range out.entries(t) {
		if e.Type == journal.TypeDropped {
			missing += e.Dropped
		} else {
			there++
		}
	}
	if missing != dropped || there+missing != int64(n) {
		t.Errorf("%d lines are there and %d are said to be missing, want %d of %d missing", there, missing, dropped, n)
	}
}

func TestBrokenOutput(t *testing.T) {
	var (
		out output
		log bytes.Buffer
	)
	j := journal.New(&out, slog.New(slog.NewTextHandler(&log, nil)))
	out.broken(errors.New("disk full"))
	for i := range 3 {
		before := j.Dropped()
		j.Line(line("f", "", fmt.Sprint(i)))
		for deadline := time.Now().Add(20 * time.Second); j.Dropped() == before && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
	}
	out.broken(nil)
	j.Line(line("f", "", "works"))
	closeJournal(t, j)
	check(t, &out, 4, 3)
	if n := strings.Count(log.String(), "disk full"); n != 1 {
		t.Errorf("complained %d times:\n%s", n, log.String())
	}
}

func TestStuckOutput(t *testing.T) {
	var out output
	out.gate.Lock()
	j := journal.New(&out, slog.New(slog.DiscardHandler))
	j.Line(line("f", "", "x"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := j.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	out.gate.Unlock()
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, f := range map[string]journal.File{
		"journal: opening: ":                         {Path: filepath.Join(dir, "file", "below")},
		"journal: file: the size is -1 MB":           {Path: filepath.Join(dir, "x"), MaxSize: -1},
		"the number of files -1, want at least 1":    {Path: filepath.Join(dir, "x"), MaxFiles: -1},
		"journal: opening: open " + dir + ": is a d": {Path: dir},
	} {
		if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	out, err := journal.File{Path: filepath.Join(dir, "new", "wafer.log")}.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(out, "x\n"); err != nil {
		t.Error(err)
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
}
