package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestServerConcurrency: a handler that waits keeps nobody waiting, in one
// instance.
func TestServerConcurrency(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig(), server(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const sleepers = 5
	ended := make(chan error, sleepers)
	for range sleepers {
		go func() {
			_, _, err := get(ctx, f, "/sleep?for=1h")
			ended <- err
		}()
	}
	for f.Stats().Account.Invocations == 0 { // until somebody came through between them
		_ = mustGet(t, f, "/count")
	}
	for range 20 {
		_ = mustGet(t, f, "/count")
	}
	if s := f.Stats(); s.Live != 1 {
		t.Errorf("%d instances", s.Live)
	}
	cancel()
	for range sleepers {
		wantKind(t, <-ended, runner.Canceled)
	}
	// Their handlers saw it, and nobody else paid for it.
	for mustGet(t, f, "/cancelled") != fmt.Sprint(sleepers) {
		time.Sleep(time.Millisecond)
	}
	if s := f.Stats(); s.Live != 1 || s.Destroyed != 0 {
		t.Errorf("instances: %+v", s)
	}
}

// TestServerOneAtATime: without concurrency, requests have an instance each.
func TestServerOneAtATime(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithConcurrency(1).WithMaxInstances(2), server(t))
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if w, _, err := get(t.Context(), f, "/sleep?for=300ms"); err != nil || w.text() != "slept" {
				t.Errorf("%q, %v", w.text(), err)
			}
		}()
	}
	wg.Wait()
	if s := f.Stats(); s.Created != 2 {
		t.Errorf("%d instances were made, want 2", s.Created)
	}
}

// TestServerStreams: what is flushed leaves at once. The handler goes on only
// when another request arrives, which is sent when the piece before has come.
func TestServerStreams(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig(), server(t))
	w := &written{onWrite: func(int) error {
		mustGet(t, f, "/count")
		return nil
	}}
	if _, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/stream"}, w); err != nil {
		t.Fatal(err)
	}
	if want := "data: 0\n\ndata: 1\n\ndata: 2\n\n"; w.text() != want || w.pieces != 3 || w.size != -1 {
		t.Errorf("%d pieces, size %d: %q", w.pieces, w.size, w.text())
	}
	_, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/stream?break"}, &written{onWrite: w.onWrite})
	wantKind(t, err, runner.HandlerFailed)
	// A reader that gives up ends the handler.
	_, err = f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/stream"}, &written{onWrite: func(int) error { return errors.New("gone") }})
	wantKind(t, err, runner.Canceled)
	mustGet(t, f, "/count")
	if s := f.Stats(); s.Destroyed != 0 {
		t.Errorf("an instance paid for it: %+v", s)
	}
}

// TestServerLargeBodies moves more than any buffer holds, in both directions.
func TestServerLargeBodies(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig(), server(t))
	const size = 8 << 20
	for _, query := range []string{"", "&chunked"} {
		w := &written{onWrite: func(n int) error {
			if n%100 == 0 {
				time.Sleep(time.Millisecond) // the guest has to wait now and then
			}
			return nil
		}}
		if _, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: fmt.Sprintf("/bytes?n=%d%s", size, query)}, w); err != nil {
			t.Fatal(err)
		}
		body := w.text()
		if len(body) != size {
			t.Fatalf("%d bytes, want %d", len(body), size)
		}
		for i := range len(body) {
			if body[i] != byte('a'+i%(64<<10)%26) {
				t.Fatalf("byte %d is %q", i, body[i])
			}
		}
		if want := map[string]int64{"": size, "&chunked": -1}[query]; w.size != want {
			t.Errorf("size %d, want %d", w.size, want)
		}
	}
	w := &written{}
	req := &runner.HTTPRequest{Method: "POST", URI: "/sum", Event: runner.Event{Payload: []byte(strings.Repeat("\x01\x02", size/2))}}
	if _, err := f.InvokeHTTP(t.Context(), req, w); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d bytes, sum %d", size, size/2*3); w.text() != want {
		t.Errorf("%q, want %q", w.text(), want)
	}
	if m := f.Inspect().ImageBytes; m > 32<<20 {
		t.Errorf("the image has %d bytes", m)
	}
}

// TestServerFailures runs everything that can go wrong in a request, and looks
// at what is left of the instance.
func TestServerFailures(t *testing.T) {
	lines := runnertest.NewLines()
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(lines.Sink))
	for _, tt := range []struct {
		uri      string
		kind     runner.ErrorKind
		survives bool
		log      string
	}{
		{"/panic", runner.HandlerFailed, true, "http: panic serving 127.0.0.1:"},
		{"/crash", runner.Exited, false, "panic: for good"},
		{"/exit", runner.Exited, false, ""},
		{"/spin", runner.TimedOut, false, "Function timed out after 0.3 seconds"},
		{"/stubborn", runner.TimedOut, false, ""},
		{"/sleep?for=1h", runner.TimedOut, false, ""},
	} {
		t.Run(tt.uri, func(t *testing.T) {
			f := runnertest.Load(t, r, serverConfig().WithTimeout(300*time.Millisecond), server(t))
			mustGet(t, f, "/count")
			lines.Take()
			_, res, err := get(t.Context(), f, tt.uri)
			wantKind(t, err, tt.kind)
			if log := strings.Join(lines.Take(), "\n"); !strings.Contains(log, tt.log) || !strings.Contains(log, "FC Invoke End RequestId: "+res.RequestID+", Error: ") {
				t.Errorf("log:\n%s", log)
			}
			got := mustGet(t, f, "/count")
			if want := map[bool]string{true: "2", false: "1"}[tt.survives]; got != want {
				t.Errorf("afterwards it is request %s of the instance, want %s", got, want)
			}
		})
	}
}

// TestServerTimeoutAmongOthers: when a request among others runs into its
// deadline, the others go on.
func TestServerTimeoutAmongOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	r := runnertest.New(t)
	for _, tt := range []struct {
		uri       string
		destroyed int64
	}{
		{"/sleep?for=1h", 0}, // looks at its context
		{"/stubborn", 1},     // does not: the instance ends after the others
	} {
		t.Run(tt.uri, func(t *testing.T) {
			f := runnertest.Load(t, r, serverConfig(), server(t))
			mustGet(t, f, "/count")
			other := make(chan string, 1)
			go func() {
				w, _, err := get(t.Context(), f, "/sleep?for=2s")
				other <- fmt.Sprint(w.text(), err)
			}()
			req := &runner.HTTPRequest{Method: "GET", URI: tt.uri, Event: runner.Event{Deadline: time.Now().Add(200 * time.Millisecond)}}
			_, err := f.InvokeHTTP(t.Context(), req, &written{})
			wantKind(t, err, runner.TimedOut)
			if got := <-other; got != "slept<nil>" {
				t.Errorf("the other request: %s", got)
			}
			mustGet(t, f, "/count")
			if s := f.Stats(); s.Destroyed != tt.destroyed {
				t.Errorf("%d instances were destroyed, want %d", s.Destroyed, tt.destroyed)
			}
		})
	}
	t.Run("/spin", func(t *testing.T) { // leaves nobody anything
		f := runnertest.Load(t, r, serverConfig(), server(t))
		mustGet(t, f, "/count")
		other := make(chan error, 1)
		go func() {
			_, _, err := get(t.Context(), f, "/sleep?for=1h")
			other <- err
		}()
		req := &runner.HTTPRequest{Method: "GET", URI: "/spin", Event: runner.Event{Deadline: time.Now().Add(500 * time.Millisecond)}}
		_, err := f.InvokeHTTP(t.Context(), req, &written{})
		wantKind(t, err, runner.TimedOut)
		wantKind(t, <-other, runner.Exited)
		if got := mustGet(t, f, "/count"); got != "1" {
			t.Errorf("afterwards it is request %s of the instance", got)
		}
	})
}

// TestServerIsolation: with a sandbox for every request, nothing is left of the
// one before, and random numbers differ.
func TestServerIsolation(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithIsolation(runner.IsolationRequest), server(t))
	seen := map[string]bool{}
	for range 30 {
		if got := mustGet(t, f, "/count"); got != "1" {
			t.Fatalf("request %s of its instance", got)
		}
		seen[mustGet(t, f, "/random")] = true
	}
	if len(seen) != 30 {
		t.Errorf("%d random numbers of 30 are different", len(seen))
	}
	if s := f.Stats(); s.Created > 2 {
		t.Errorf("%d instances were made: they are not reset", s.Created)
	}
}

// TestServerSnapshot starts instances from snapshots in later runners, and with
// warm-up events and the initializer in them.
func TestServerSnapshot(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := serverConfig().WithSnapshot(runner.SnapshotInit).WithWarmup([]byte("a"), []byte("b")).
		WithServer(runner.Server{Initializer: true})
	for i := range 2 {
		r := private(t, dir, nil)
		f := runnertest.Load(t, r, cfg, server(t))
		if in := f.Inspect(); !in.Snapshot || in.SnapshotStored != (i == 1) || !in.Initializer || in.PreStop {
			t.Errorf("run %d: %+v", i, in)
		}
		if got := mustGet(t, f, "/count"); got != "3" {
			t.Errorf("run %d: request %s, want 3: two were warm-up events", i, got)
		}
		if got := mustGet(t, f, "/hooks"); got != "[/initialize]" {
			t.Errorf("run %d: hooks %s", i, got)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
		cancel()
	}
}

func TestServerHooks(t *testing.T) {
	lines := runnertest.NewLines()
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(lines.Sink))
	hooks := runner.Server{Initializer: true, PreFreeze: true, PreStop: true}
	f := runnertest.Load(t, r, serverConfig().WithServer(hooks), server(t))
	var wg sync.WaitGroup
	for range 5 { // all wait for one initializer
		wg.Add(1)
		go func() {
			defer wg.Done()
			mustGet(t, f, "/count")
		}()
	}
	wg.Wait()
	for !strings.Contains(mustGet(t, f, "/hooks"), "/pre-freeze") {
		time.Sleep(30 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := f.Close(ctx); err != nil {
		t.Fatal(err)
	}
	log := strings.Join(lines.Take(), "\n")
	for _, want := range []string{
		"hook POST /initialize /initialize", "hook GET /pre-freeze /pre-freeze", "hook GET /pre-stop /pre-stop",
		"FC Initialize Start RequestId: ", "FC PreFreeze End RequestId: ", "FC PreStop End RequestId: ",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
	if n := strings.Count(log, "hook POST /initialize"); n != 1 {
		t.Errorf("the initializer ran %d times", n)
	}
	f = runnertest.Load(t, r, serverConfig().WithServer(hooks), server(t))
	_, res, err := get(t.Context(), f, "/count") // its log has the initializer's
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"FC Initialize Start RequestId: " + res.RequestID, "hook POST /initialize /initialize", "FC Initialize End RequestId: " + res.RequestID, "FC Invoke Start"} {
		if !strings.Contains(string(res.Log), want) {
			t.Errorf("the request's log has no %q:\n%s", want, res.Log)
		}
	}
	f = runnertest.Load(t, r, serverConfig().WithServer(hooks).WithEnv(map[string]string{"FAIL": "/initialize"}), server(t))
	_, _, err = get(t.Context(), f, "/count")
	if failed := failureOf(t, err, runner.HandlerFailed); !strings.Contains(failed.Message, "POST /initialize was answered with status 404, want 200: not today") {
		t.Errorf("failure %q", failed.Message)
	}
}

// TestServerLogs: what is printed belongs to the request that is the only one.
func TestServerLogs(t *testing.T) {
	got := make(chan logs.Line, 100)
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(func(l logs.Line) {
		if strings.Contains(string(l.Text), "logged") {
			l.Text = append([]byte(nil), l.Text...)
			got <- l
		}
	}))
	f := runnertest.Load(t, r, serverConfig(), server(t))
	_, res, err := get(t.Context(), f, "/log?text=alone")
	if err != nil {
		t.Fatal(err)
	}
	if l := <-got; l.RequestID != res.RequestID || !strings.Contains(string(res.Log), "logged alone") {
		t.Errorf("the line of %s has id %q; log:\n%s", res.RequestID, l.RequestID, res.Log)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, _, err := get(ctx, f, "/stream")
		ended <- err
	}()
	for f.Stats().Busy == 0 {
		time.Sleep(time.Millisecond)
	}
	_, _, err = get(t.Context(), f, "/log?text=together")
	if err != nil {
		t.Fatal(err)
	}
	if l := <-got; l.RequestID != "" {
		t.Errorf("a line that may be one of two requests' has id %q", l.RequestID)
	}
	cancel()
	wantKind(t, <-ended, runner.Canceled)
}
