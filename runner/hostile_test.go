package runner_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// hostile is an event of testdata/hostile: what it asks the host for, with how
// many MiB, as which part of an answer.
type hostile struct {
	Do      string `json:"do"`
	N       int    `json:"n"`
	Part    uint32 `json:"part"`
	Forever bool   `json:"forever"`
}

func (h hostile) payload() []byte {
	b, _ := json.Marshal(h)
	return b
}

// TestHostCallsEnd has guests spend their time in the host, in calls that take as
// much as a guest can ask for, or in very many, and looks whether they end at
// the deadline and what the host has allocated for them. Where one does not end,
// the test does not either: one of these calls takes from half a second to hours.
func TestHostCallsEnd(t *testing.T) {
	const size = 256 // MiB
	r := runnertest.New(t)
	wasm := guesttest.Build(t, "testdata/hostile")
	cfg := runner.NewFunctionConfig("hostile").WithMemory(3 * size).WithTimeout(200 * time.Millisecond)
	f := runnertest.Load(t, r, cfg, wasm)
	events := []hostile{
		{Do: "random", N: size}, {Do: "random"}, {Do: "write", N: size}, {Do: "write-vectors", N: 1}, {Do: "print"},
		{Do: "read-vectors", N: size}, {Do: "record", N: size}, {Do: "path", N: size}, {Do: "clock"}, {Do: "read"}, {Do: "poll"},
	}
	for part := range uint32(6) {
		events = append(events, hostile{Do: "answer", N: size, Part: part})
	}
	for _, e := range events {
		e.Forever = true
		t.Run(fmt.Sprintf("%s %d %d", e.Do, e.N, e.Part), func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := f.Invoke(t.Context(), runner.Event{Payload: e.payload()})
			runtime.ReadMemStats(&after)
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || failed.Kind != runner.TimedOut {
				t.Errorf("ended by %v", err)
			}
			if n := int(after.TotalAlloc-before.TotalAlloc) >> 20; n >= size && !onHeap {
				t.Errorf("the host allocated %d MiB", n)
			}
		})
	}
}

// TestNoOffsets reads and writes at an offset, with a million empty buffers, which
// took the host as many steps.
func TestNoOffsets(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("hostile"), guesttest.Build(t, "testdata/hostile"))
	for _, do := range []string{"pread-vectors", "pwrite-vectors"} {
		const badf = "8"
		if got := invoke(t, f, runner.Event{Payload: hostile{Do: do, N: 8}.payload()}); got != badf {
			t.Errorf("%s: %s, want %s", do, got, badf)
		}
	}
}

// slow is an HTTP answer's way to a client that takes 20 ms for every piece.
type slow struct{ pieces, bytes int }

func (*slow) WriteHead(int, []runner.Header, int64) error { return nil }

func (s *slow) Write(b []byte) (int, error) {
	s.pieces++
	s.bytes += len(b)
	time.Sleep(20 * time.Millisecond)
	return len(b), nil
}

// TestLargePieceOfBody has a guest write a large body at once.
func TestLargePieceOfBody(t *testing.T) {
	r := runnertest.New(t)
	wasm := guesttest.Build(t, "testdata/hostile")
	send := func(timeout time.Duration, to runner.HTTPWriter, uri string) error {
		cfg := runner.NewFunctionConfig(fmt.Sprint("hostile-", timeout)).WithMemory(512).WithTimeout(timeout)
		f := runnertest.Load(t, r, cfg.WithEnv(map[string]string{"HTTP": "yes"}), wasm)
		_, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: uri, Path: "/", Host: "localhost"}, to)
		return err
	}
	var all slow
	if err := send(time.Minute, &all, "/?mb=20"); err != nil || all.bytes != 20<<20 {
		t.Errorf("%d bytes in %d pieces, %v", all.bytes, all.pieces, err)
	}
	var some slow
	err := send(200*time.Millisecond, &some, "/?mb=100")
	if err == nil || !strings.Contains(err.Error(), "timed out") || some.bytes == 100<<20 {
		t.Errorf("%d bytes in %d pieces, %v", some.bytes, some.pieces, err)
	}
}

// TestErrorTooLarge expects to be told the size of an error that is refused.
func TestErrorTooLarge(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxPayload(1000), chaos(t))
	for n, want := range map[int]string{
		1000:    strings.Repeat("x", 1000),
		2 << 20: "the function's error has 20",
	} {
		_, err := f.Invoke(t.Context(), do("error", 0, strings.Repeat("x", n)))
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.HandlerFailed || !strings.HasPrefix(failed.Message, want) || len(failed.Message) > 1000 {
			t.Errorf("%d bytes: %.200v", n, err)
		}
	}
}

// TestErrorInLog has guests fail with errors that are large, or become so in the
// log.
func TestErrorInLog(t *testing.T) {
	var longest, all int
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithLogSink(func(l logs.Line) {
		longest, all = max(longest, len(l.Text)), all+len(l.Text)
	}))
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
	for _, text := range []string{strings.Repeat("\x01", 2<<20), strings.Repeat("long\n", 1<<20)} {
		longest, all = 0, 0
		_, err := f.Invoke(t.Context(), do("error", 0, text))
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Message != text {
			t.Errorf("ended by %.200v", err)
		}
		if longest > logs.MaxLine || all > logs.MaxRequest {
			t.Errorf("%d bytes in the log, the longest line has %d", all, longest)
		}
	}
}

// TestNothingLargeIsKept looks what the host keeps of large answers while the
// instance is idle.
func TestNothingLargeIsKept(t *testing.T) {
	if onHeap {
		t.Skip("what the guest keeps is on the heap as well")
	}
	const size = 5 << 20
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxInstances(1).WithRestTime(0), chaos(t))
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC() // twice, for pools
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	_ = invoke(t, f, do("big", 1, ""))
	for name, ev := range map[string]func() runner.Event{
		"result":             func() runner.Event { return do("big", size, "") },
		"too large a result": func() runner.Event { return do("big", 2*size, "") },
		"error":              func() runner.Event { return do("error", 0, strings.Repeat("x", size)) },
	} {
		before := heap()
		_, _ = f.Invoke(t.Context(), ev())
		if kept := heap() - before; kept > size/2 {
			t.Errorf("%s: %d bytes are kept", name, kept)
		}
	}
}

// TestManyLines has a guest print many lines in one call, to a log that takes 1 ms for
// each.
func TestManyLines(t *testing.T) {
	lines := 0
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithLogSink(func(l logs.Line) {
		if lines++; l.Stream == logs.Stdout {
			time.Sleep(time.Millisecond)
		}
	}))
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithTimeout(100*time.Millisecond), chaos(t))
	_, err := f.Invoke(t.Context(), do("write", 1, strings.Repeat("\n", 20_000)))
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.TimedOut || lines > 1000 {
		t.Errorf("%d lines, ended by %v", lines, err)
	}
}
