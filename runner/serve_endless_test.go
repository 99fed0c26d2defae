//go:build unix

package runner_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// counter counts the bytes of an answer, and takes its time with every piece.
type counter struct {
	bytes int
	takes time.Duration
}

func (*counter) WriteHead(int, []runner.Header, int64) error { return nil }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	time.Sleep(c.takes)
	return len(b), nil
}

// TestEndlessAnswer has a server answer in chunks of one byte, without an end. Where
// the client is the slower one there is always more to read.
func TestEndlessAnswer(t *testing.T) {
	r := runnertest.New(t)
	wasm := guesttest.Build(t, "testdata/hostileserver")
	for _, takes := range []time.Duration{0, time.Millisecond} {
		f := runnertest.Load(t, r, serverConfig().WithTimeout(time.Second), wasm)
		c := counter{takes: takes}
		charged, took := f.Stats().CPU, processTime(t)
		_, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/chunks", Host: "example.com"}, &c)
		wantKind(t, err, runner.TimedOut)
		for f.Stats().Live > 0 {
			time.Sleep(time.Millisecond)
		}
		charged, took = f.Stats().CPU-charged, processTime(t)-took
		t.Logf("%d bytes took %v, the function was charged for %v", c.bytes, took, charged)
		if takes == 0 && charged < took/2 && !onHeap { // or what others have left costs more
			t.Errorf("%d bytes took %v, the function was charged for %v", c.bytes, took, charged)
		}
		if err := f.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func processTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
