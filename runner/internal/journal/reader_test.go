package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/journal"
)

// write starts a journal in a file.
func write(t *testing.T, f journal.File) *journal.Journal {
	t.Helper()
	out, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	return journal.New(out, slog.New(slog.DiscardHandler))
}

// messages reads all messages that a filter picks.
func messages(t *testing.T, path string, f journal.Filter) []string {
	t.Helper()
	var all []string
	r := journal.Reader{Path: path, Filter: f}
	if err := r.Read(t.Context(), func(e *journal.Entry, _ []byte) error {
		all = append(all, e.Type+" "+e.Message)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFilters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wafer.log")
	j := write(t, journal.File{Path: path})
	j.Line(line("a", "r1", "one"))
	j.Line(line("b", "r2", "two"))
	late := line("a", "r3", "late")
	late.Time = noon.Add(time.Hour)
	j.Line(late)
	old := line("a", "r4", "of a service")
	old.Service = "svc"
	j.Line(old)
	j.Request(&front.Record{Time: noon, Function: "a", RequestID: "r1"})
	closeJournal(t, j)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("panic: not JSON\n{\"level\":\"of another program\"}\n\n{\"time\":\"2026-01-02T12:00:00Z\",\"type\":\"log\",\"message\":\"no line end\"}"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter journal.Filter
		want   []string
	}{
		"all":        {journal.Filter{}, []string{"log one", "log two", "log late", "log of a service", "request ", "log no line end"}},
		"function":   {journal.Filter{Function: "a"}, []string{"log one", "log late", "log of a service", "request "}},
		"of service": {journal.Filter{Function: "svc$a"}, []string{"log of a service"}},
		"request":    {journal.Filter{RequestID: "r1"}, []string{"log one", "request "}},
		"since":      {journal.Filter{Since: noon.Add(time.Minute)}, []string{"log late"}},
		"no records": {journal.Filter{RequestID: "r1", NoRequest: true}, []string{"log one"}},
		"nothing":    {journal.Filter{Function: "none"}, nil},
	} {
		if diff := cmp.Diff(c.want, messages(t, path, c.filter)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestRotation writes more than fits a file, quickly, while somebody follows, and
// expects that every line is seen once and in order.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "wafer.log")
	const n = 400
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	var got []string
	ended := make(chan error, 1)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	go func() { // before there is a file
		r := journal.Reader{Path: path, Follow: true}
		ended <- r.Read(ctx, func(e *journal.Entry, _ []byte) error {
			got = append(got, strings.TrimRight(e.Message, "x"))
			if len(got) == n {
				stop()
			}
			return nil
		})
	}()
	j := write(t, journal.File{Path: path, MaxSize: 1, MaxFiles: 50})
	var want []string
	for i := range n {
		want = append(want, fmt.Sprint(i, " "))
		j.Line(line("f", "", want[i]+strings.Repeat("x", 20_000)))
		if i%20 == 19 {
			time.Sleep(5 * time.Millisecond) // rotations within a millisecond would have one name
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	closeJournal(t, j)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("followed (-want +got):\n%s", diff)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 5 {
		t.Errorf("%d files, %v", len(files), err)
	}
	all := messages(t, path, journal.Filter{})
	for i := range all {
		all[i] = strings.TrimPrefix(strings.TrimRight(all[i], "x"), "log ")
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("read at once (-want +got):\n%s", diff)
	}
}

// Who follows a file that is not there yet sees what is written until the end,
// however soon that comes.
func TestFollowEndsAsTheFileBegins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wafer.log")
	ctx, stop := context.WithCancel(t.Context())
	got := make(chan []string, 1)
	go func() {
		var all []string
		r := journal.Reader{Path: path, Follow: true}
		if err := r.Read(ctx, func(e *journal.Entry, _ []byte) error {
			all = append(all, e.Message)
			return nil
		}); err != nil {
			t.Error(err)
		}
		got <- all
	}()
	time.Sleep(20 * time.Millisecond) // it waits by now
	j := write(t, journal.File{Path: path})
	j.Line(line("a", "r1", "one"))
	closeJournal(t, j)
	stop()
	if diff := cmp.Diff([]string{"one"}, <-got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Who follows and takes longer for an entry than the next one takes to come sees
// what was there when it was to end, and no more.
func TestFollowEndsWhileMoreComes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wafer.log")
	j := write(t, journal.File{Path: path})
	add := func() { j.Line(line("a", "r1", strings.Repeat("x", 8<<10))) }
	ctx, stop := context.WithCancel(t.Context())
	n := 0
	ended := make(chan error, 1)
	go func() {
		r := journal.Reader{Path: path, Follow: true}
		ended <- r.Read(ctx, func(*journal.Entry, []byte) error {
			if n++; n == 1 {
				stop()
			}
			for range 2 {
				add()
			}
			time.Sleep(2 * time.Millisecond) // until they are written
			return nil
		})
	}()
	time.Sleep(150 * time.Millisecond) // it has waited once, and so reads to the end
	for range 20 {
		add()
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
	closeJournal(t, j)
}

func TestReadFails(t *testing.T) {
	r := journal.Reader{Path: filepath.Join(t.TempDir(), "none.log")}
	none := func(*journal.Entry, []byte) error { return nil }
	if err := r.Read(t.Context(), none); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "journal: reading: open ") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Follow = true
	if err := r.Read(ctx, none); err != nil {
		t.Errorf("canceled while it waits for the file: %v", err)
	}
	j := write(t, journal.File{Path: r.Path})
	j.Line(line("f", "", "x"))
	closeJournal(t, j)
	stop := errors.New("stop")
	if err := r.Read(t.Context(), func(*journal.Entry, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

// FuzzLines sees that whatever a function prints becomes one line that can be
// read again.
func FuzzLines(f *testing.F) {
	f.Add("hello", "", byte(0))
	f.Add("\x00\xff\"\\\n\u2028", "[WARN] r [", byte(3))
	f.Fuzz(func(t *testing.T, text, request string, stream byte) {
		var out output
		j := journal.New(&out, slog.New(slog.DiscardHandler))
		l := line("f", request, text)
		l.Stream = logs.Stream(stream % 4)
		j.Line(l)
		closeJournal(t, j)
		if got := out.entries(t); len(got) != 1 || len(text) < 1000 && got[0].Message != strings.ToValidUTF8(text, "\ufffd") && !strings.Contains(got[0].Message, "\ufffd") {
			t.Errorf("%q became %+v", text, got)
		}
	})
}
