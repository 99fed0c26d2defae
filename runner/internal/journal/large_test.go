package journal_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/journal"
)

// TestLargeErrors has a function fail with messages that are larger than a file may
// be and than what may wait: the entries of others are not lost with them.
func TestLargeErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wafer.log")
	out, err := journal.File{Path: path, MaxSize: 1}.Open()
	if err != nil {
		t.Fatal(err)
	}
	j := journal.New(out, slog.New(slog.DiscardHandler))
	large := strings.Repeat("\x01", 5<<20)
	for range 3 {
		j.Request(&front.Record{Function: "failing", Error: large, ErrorType: large})
		j.Line(line("other", "r", "a line"))
	}
	if err := j.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := j.Dropped(); n > 0 {
		t.Errorf("%d entries were dropped", n)
	}
	failures, lines := 0, 0
	r := journal.Reader{Path: path}
	err = r.Read(context.Background(), func(e *journal.Entry, _ []byte) error {
		switch {
		case e.Function == "other" && e.Message == "a line":
			lines++
		case e.Function == "failing" && len(e.Error) == logs.MaxLine && len(e.ErrorType) == logs.MaxLine:
			failures++
		}
		return nil
	})
	if err != nil || failures != 3 || lines != 3 {
		t.Errorf("%d failures and %d lines of others are in the journal, error %v", failures, lines, err)
	}
}
