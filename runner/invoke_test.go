package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

func chaos(t testing.TB) []byte { return guesttest.Build(t, "testdata/chaos") }

// do makes an event for the chaos handler.
func do(what string, n int, text string) runner.Event {
	b, _ := json.Marshal(map[string]any{"do": what, "n": n, "text": text})
	return runner.Event{Payload: b, WithLog: true}
}

// invoke returns the result as text and fails the test on an error.
func invoke(t testing.TB, f *runner.Function, ev runner.Event) string {
	t.Helper()
	res, err := f.Invoke(context.Background(), ev)
	if err != nil {
		t.Fatalf("invoke %s: %v", ev.Payload, err)
	}
	return string(res.Payload)
}

func TestInvoke(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMemory(64), chaos(t))
	ev := do("echo", 0, "hi <there>")
	ev.RequestID = "req-1"
	res, err := f.Invoke(context.Background(), ev)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(res.Payload), `"hi \u003cthere\u003e"`; got != want {
		t.Errorf("payload %s, want %s", got, want)
	}
	wantLog := "FC Invoke Start RequestId: req-1\nFC Invoke End RequestId: req-1\n"
	if diff := cmp.Diff(wantLog, string(res.Log)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	u := res.Usage
	if u.Duration <= 0 || u.CPU <= 0 || u.Ticks <= 0 || u.MemoryLimit != 64 || u.MaxMemory == 0 || u.Checksum != f.Checksum() || !u.ColdStart {
		t.Errorf("usage %+v", u)
	}
	summary := regexp.MustCompile(`^Duration: \d+\.\d\d ms, Billed Duration: \d+ ms, Memory Size: 64 MB, Max Memory Used: \d+\.\d\d MB$`)
	if !summary.MatchString(u.Summary()) {
		t.Errorf("summary %q", u.Summary())
	}
	if id := regexp.MustCompile(`^c-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{12}$`); !id.MatchString(u.InstanceID) {
		t.Errorf("instance id %q", u.InstanceID)
	}
	res, err = f.Invoke(context.Background(), do("echo", 0, ""))
	if err != nil || res.Usage.ColdStart {
		t.Errorf("second call: %+v, %v", res, err)
	}
	if id := regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`); !id.MatchString(res.RequestID) {
		t.Errorf("request id %q", res.RequestID)
	}
}

func TestTicksCountWork(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithIsolation(runner.IsolationRequest), chaos(t))
	var ticks []int64
	for _, n := range []int{0, 100_000, 300_000} {
		res, err := f.Invoke(context.Background(), do("work", n, ""))
		if err != nil {
			t.Fatal(err)
		}
		ticks = append(ticks, res.Usage.Ticks)
	}
	for i, n := range []int64{100_000, 300_000} {
		// What is not the loop depends on random seeds, but not much.
		if d := ticks[i+1] - ticks[0] - n; d < -2000 || d > 2000 {
			t.Errorf("a loop of %d took %d ticks more than none", n, ticks[i+1]-ticks[0])
		}
	}
}

func TestGlobalsSurviveInAnInstance(t *testing.T) {
	r := runnertest.New(t)
	for _, mode := range []runner.SnapshotMode{runner.SnapshotBoot, runner.SnapshotInit, runner.SnapshotOff} {
		f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithSnapshot(mode), chaos(t))
		for want := 1; want <= 3; want++ {
			if got := invoke(t, f, do("count", 0, "")); got != fmt.Sprint(want) {
				t.Errorf("snapshot %s: call %d counted %s", mode, want, got)
			}
		}
	}
}

func TestNothingSurvivesARequest(t *testing.T) {
	r := runnertest.New(t)
	for _, mode := range []runner.SnapshotMode{runner.SnapshotBoot, runner.SnapshotInit, runner.SnapshotOff} {
		cfg := runner.NewFunctionConfig("chaos").WithSnapshot(mode).WithIsolation(runner.IsolationRequest)
		f := runnertest.Load(t, r, cfg, chaos(t))
		for range 3 {
			if got := invoke(t, f, do("count", 0, "")); got != "1" {
				t.Errorf("snapshot %s: counted %s, want 1 each time", mode, got)
			}
		}
	}
}

// TestClosedStreams has a guest close its standard streams, which is no concern
// of the next request's where that is to start anew.
func TestClosedStreams(t *testing.T) {
	r := runnertest.New(t)
	for isolation, stays := range map[runner.Isolation]bool{runner.IsolationInstance: true, runner.IsolationRequest: false} {
		f := runnertest.Load(t, r, runner.NewFunctionConfig(isolation.String()).WithMaxInstances(1).WithIsolation(isolation), chaos(t))
		for fd := 1; fd <= 2; fd++ {
			invoke(t, f, do("close", fd, ""))
			res, err := f.Invoke(t.Context(), do("write", fd, "to the log"))
			logged := res != nil && strings.Contains(string(res.Log), "to the log")
			if closed := err != nil && strings.Contains(err.Error(), "Bad file number"); closed != stays || logged == stays {
				t.Errorf("isolation by %s: writing to a closed %d: %v, in the log: %t", isolation, fd, err, logged)
			}
		}
	}
	// One that closes a stream while it boots cannot be saved.
	f := runnertest.Load(t, r, runner.NewFunctionConfig("boot").WithEnv(map[string]string{"BOOT": "close"}), chaos(t))
	if why := f.Inspect().SnapshotRefused; !strings.HasSuffix(why, "it has closed its descriptor 1, a standard stream") {
		t.Errorf("a snapshot is refused because %q", why)
	}
	if _, err := f.Invoke(t.Context(), do("write", 1, "")); err == nil || !strings.Contains(err.Error(), "Bad file number") {
		t.Errorf("writing to a stream that was closed while booting: %v", err)
	}
}

func TestFailures(t *testing.T) {
	r := runnertest.New(t)
	cfg := runner.NewFunctionConfig("chaos").WithMemory(32).WithMaxPayload(1000)
	slow := runnertest.Load(t, r, cfg, chaos(t))
	quick := runnertest.Load(t, r, cfg.WithTimeout(200*time.Millisecond), chaos(t))
	for _, tt := range []struct {
		name    string
		ev      runner.Event
		kind    runner.ErrorKind
		typ     string
		message string // regular expression
		end     string // of the log, regular expression
		is      error
	}{
		{"error", do("error", 0, "sorry"), runner.HandlerFailed, "errorString", `^sorry$`, `, Error: Unhandled function error$`, nil},
		{"panic", do("panic", 0, "ouch"), runner.HandlerFailed, "string", `^ouch$`, `, Error: Unhandled function error$`, nil},
		{"json", runner.Event{Payload: []byte("{"), WithLog: true}, runner.HandlerFailed, "SyntaxError", `^unexpected end of JSON input$`, `, Error: Unhandled function error$`, nil},
		{"exit", do("exit", 3, ""), runner.Exited, "FunctionUnhandledError", `^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: \d+\.\d\dMB\)$`, `, Error: Process exited`, nil},
		{"exit 0", do("exit", 0, ""), runner.Exited, "FunctionUnhandledError", `^Process exited unexpectedly`, `, Error: Process exited`, nil},
		{"fatal", do("fatal", 0, "that's it"), runner.Exited, "FunctionUnhandledError", `^Process exited unexpectedly`, `, Error: Process exited`, nil},
		{"goroutine panic", do("goroutine-panic", 0, "elsewhere"), runner.Exited, "FunctionUnhandledError", `^Process exited unexpectedly`, `, Error: Process exited`, nil},
		{"spin", do("spin", 0, ""), runner.TimedOut, "FunctionTimeoutError", `^Function timed out after 0\.2 seconds \(maxMemoryUsage: \d+\.\d\dMB\)$`, `, Error: Function timed out`, context.DeadlineExceeded},
		{"sleep", do("sleep", 60_000, ""), runner.TimedOut, "FunctionTimeoutError", `^Function timed out after 0\.2 seconds`, `, Error: Function timed out`, context.DeadlineExceeded},
		{"memory", do("alloc", 100, ""), runner.OutOfMemory, "FunctionOOMError", `^Process exited unexpectedly .*maxMemoryUsage: (2\d|3[0-2])\.\d\dMB\)$`, `, Error: Process exited`, nil},
		{"too large", do("big", 2000, ""), runner.BadResponse, "BadResponse", `^the response has at least 2002 bytes, the limit is 1000$`, `, Error: the response has`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := slow
			if tt.kind == runner.TimedOut {
				f = quick
			}
			res, err := f.Invoke(context.Background(), tt.ev)
			var failed *runner.InvokeError
			if !errors.As(err, &failed) {
				t.Fatalf("error %v, want an InvokeError", err)
			}
			if failed.Kind != tt.kind || failed.Type != tt.typ {
				t.Errorf("kind %q type %q, want %q %q", failed.Kind, failed.Type, tt.kind, tt.typ)
			}
			if !regexp.MustCompile(tt.message).MatchString(failed.Message) {
				t.Errorf("message %q, want %s", failed.Message, tt.message)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v is not %v", err, tt.is)
			}
			if t.Failed() {
				t.Logf("%v\n%s", err, res.Log)
			}
			last := strings.TrimSpace(string(res.Log[strings.LastIndex(string(res.Log), "FC Invoke End"):]))
			if !regexp.MustCompile(tt.end).MatchString(last) {
				t.Errorf("log ends %q, want %s", last, tt.end)
			}
			// Only what must die dies, and the next caller does not notice.
			if got := invoke(t, f, do("echo", 0, "alive")); got != `"alive"` {
				t.Errorf("next call answered %s", got)
			}
		})
	}
}

func TestPanicHasStack(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
	_, err := f.Invoke(context.Background(), do("panic", 0, "ouch"))
	var failed *runner.InvokeError
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	found := false
	for _, frame := range failed.Stack {
		found = found || strings.HasSuffix(frame.Path, "main.go") && frame.Label == "handle" && frame.Line > 0
	}
	if !found {
		t.Errorf("no frame of the handler in %+v", failed.Stack)
	}
}

func TestEventOverLimit(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithMaxEvent(100), chaos(t))
	_, err := f.Invoke(context.Background(), runner.Event{Payload: make([]byte, 101)})
	var limit *runner.LimitError
	if !errors.As(err, &limit) || limit.Configured != 100 || limit.Observed != 101 {
		t.Fatalf("error %v, want a LimitError", err)
	}
}

func TestCancel(t *testing.T) {
	started := make(chan struct{}, 100)
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(func(l logs.Line) {
		if strings.HasPrefix(string(l.Text), "FC Invoke Start") {
			started <- struct{}{}
		}
	}))
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
	for _, what := range []string{"spin", "sleep"} {
		for cause, says := range map[error]string{nil: " by client (duration: ", errors.New("closing"): ": closing (duration: "} {
			ctx, cancel := context.WithCancelCause(context.Background())
			go func() {
				<-started
				time.Sleep(20 * time.Millisecond)
				cancel(cause)
			}()
			_, err := f.Invoke(ctx, do(what, 60_000, ""))
			var failed *runner.InvokeError
			if !errors.Is(err, context.Canceled) || !errors.As(err, &failed) || !strings.HasPrefix(failed.Message, "Invocation canceled"+says) {
				t.Errorf("%s: error %v, want canceled%s", what, err, says)
			}
		}
	}
}

// Who has given up before has started nothing.
func TestCanceledBefore(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	<-late.Done()
	for want, ctx := range map[error]context.Context{context.Canceled: canceled, context.DeadlineExceeded: late} {
		if res, err := f.Invoke(ctx, do("echo", 0, "")); !errors.Is(err, want) || res != nil {
			t.Errorf("error %v, want %v; result %v", err, want, res)
		}
	}
	if n := f.Stats().Invocations; n != 0 {
		t.Errorf("%d invocations", n)
	}
}

func TestCallersDeadline(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos"), chaos(t))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := f.Invoke(ctx, do("spin", 0, "")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want deadline exceeded", err)
	}
	ev := do("sleep", 60_000, "")
	ev.Deadline = time.Now().Add(30 * time.Millisecond)
	if _, err := f.Invoke(context.Background(), ev); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want deadline exceeded", err)
	}
}

func TestEnvironment(t *testing.T) {
	r := runnertest.New(t)
	a := runnertest.Load(t, r, runner.NewFunctionConfig("a").WithEnv(map[string]string{"A": "1"}), chaos(t))
	b := runnertest.Load(t, r, runner.NewFunctionConfig("b").WithEnv(map[string]string{"B": "2"}), chaos(t))
	for range 2 {
		if got := invoke(t, a, do("env", 0, "")); got != `["A=1"]` {
			t.Errorf("a sees %s", got)
		}
		if got := invoke(t, b, do("env", 0, "")); got != `["B=2"]` {
			t.Errorf("b sees %s", got)
		}
	}
}

func TestDeadlineInContext(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, runner.NewFunctionConfig("chaos").WithTimeout(10*time.Second), chaos(t))
	var ms int
	if err := json.Unmarshal([]byte(invoke(t, f, do("deadline", 0, ""))), &ms); err != nil || ms < 8000 || ms > 10000 {
		t.Errorf("%d ms left of 10 s, %v", ms, err)
	}
}
