package runner_test

import (
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/socket"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// heads counts the heads of an answer.
type heads struct {
	written
	n int
}

func (h *heads) WriteHead(status int, headers []runner.Header, size int64) error {
	h.n++
	return h.written.WriteHead(status, headers, size)
}

// TestAnswerToUnreadRequest has a server answer a request that it has not read, and
// not to its end. The request is not made again then: the caller has a head.
func TestAnswerToUnreadRequest(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig(), guesttest.Build(t, "testdata/hostileserver"))
	slept := make(chan error, 1)
	go func() { // so that the server runs
		_, _, err := get(t.Context(), f, "/sleep")
		slept <- err
	}()
	for f.Stats().Busy == 0 {
		time.Sleep(time.Millisecond)
	}
	_ = mustGet(t, f, "/unread")
	var w heads
	_, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/count", Host: "example.com"}, &w)
	wantKind(t, err, runner.HandlerFailed)
	if w.n != 1 || w.text() != "part" {
		t.Errorf("%d heads, body %q", w.n, w.text())
	}
	if err := <-slept; err != nil {
		t.Error(err)
	}
}

// TestServerThatGoesOn has a server go on when its only request has been answered.
func TestServerThatGoesOn(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithSnapshot(runner.SnapshotOff), guesttest.Build(t, "testdata/hostileserver"))
	if got := mustGet(t, f, "/later"); got != "busy" {
		t.Errorf("body %q", got)
	}
	for start := time.Now(); f.Stats().Dropped == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("it still runs: %+v", f.Stats())
		}
	}
	if got := mustGet(t, f, "/count"); got != "whole" {
		t.Errorf("body %q", got)
	}
}

// TestOpenConnections has a server leave its connections open. One that has as many
// as it may have gets no more, and is replaced.
func TestOpenConnections(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithMemory(512), guesttest.Build(t, "testdata/hostileserver"))
	for range socket.MaxOpen {
		_ = mustGet(t, f, "/open")
	}
	_, _, err := get(t.Context(), f, "/open")
	wantKind(t, err, runner.HandlerFailed)
	for start := time.Now(); f.Stats().Dropped == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("it is kept: %+v", f.Stats())
		}
	}
	_ = mustGet(t, f, "/open")
}
