//go:build !race

package journal

import (
	"log/slog"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// discard is a disk that is never slow.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func (discard) Close() error { return nil }

// Neither a request nor a line of a log allocates anything, once the buffers have
// grown.
func TestAllocations(t *testing.T) {
	j := New(discard{}, slog.New(slog.DiscardHandler))
	r := full()
	r.Error = "\"odd\" <text>\n"
	l := logs.Line{Time: time.Now(), Source: logs.Source{Function: "f", Qualifier: "LATEST"}, RequestID: "r", Stream: logs.Stdout, Text: []byte("\"odd\" <text>\t")}
	for name, write := range map[string]func(){"request": func() { j.Request(r) }, "line": func() { j.Line(l) }} {
		for range 1000 {
			write()
		}
		if n := testing.AllocsPerRun(1000, write); n != 0 {
			t.Errorf("a %s: %v allocations, want none", name, n)
		}
	}
	if err := j.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := j.Dropped(); n != 0 {
		t.Errorf("%d dropped, so they were not written", n)
	}
}
