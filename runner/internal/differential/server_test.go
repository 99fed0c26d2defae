package differential

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/native"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestServersAreToldTheSame checks that a server finds the same in all requests
// and in its environment, in a sandbox and as a process of the custom runtime.
func TestServersAreToldTheSame(t *testing.T) {
	hooks := runner.Server{
		Initializer: true, PreFreeze: true, PreStop: true,
		Named: runner.HookHandlers{Initializer: "main.setUp", PreStop: "main.tearDown"},
	}
	full := config().WithService("svc").WithVersion("prod", "7").WithLogStore("project", "store").
		WithServer(hooks).WithInitializationTimeout(4*time.Second).WithHookTimeouts(5*time.Second, 6*time.Second).
		WithCredentials(runner.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"})
	for name, cfg := range map[string]runner.FunctionConfig{"plain": config(), "full": full} {
		t.Run(name, func(t *testing.T) {
			want, wantEnv := told(t, cfg, true)
			got, gotEnv := told(t, cfg, false)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests (-sandbox +process):\n%s", diff)
			}
			if diff := cmp.Diff(wantEnv, gotEnv); diff != "" {
				t.Errorf("environment (-sandbox +process):\n%s", diff)
			}
			if name == "plain" {
				return
			}
			all := strings.Join(slices.Concat(got, gotEnv), "\n")
			for _, want := range []string{
				`"X-Fc-Function-Initializer":["main.setUp"]`, `"X-Fc-Initialization-Timeout":["4"]`,
				`"X-Fc-Instance-Lifecycle-Pre-Freeze-Handler":["pre-freeze"]`, `"X-Fc-Instance-Lifecycle-Pre-Stop-Handler":["main.tearDown"]`,
				"told POST /invoke of localhost", "told POST /initialize of localhost", "told GET /pre-stop of localhost", "told GET /path of own.example.com",
				"FC_INITIALIZER_HANDLER=main.setUp", "FC_INITIALIZATION_TIMEOUT=4",
			} {
				if !strings.Contains(all, want) {
					t.Errorf("no %s in\n%s", want, all)
				}
			}
		})
	}
}

// requestIDs are those that wafer makes.
var requestIDs = regexp.MustCompile(`1-[0-9a-f]{8}-[0-9a-f]{24}`)

// told runs a server and returns what it was told, each request once.
func told(t *testing.T, cfg runner.FunctionConfig, sandbox bool) (requests, environment []string) {
	t.Helper()
	var mu sync.Mutex
	sink := func(l logs.Line) {
		mu.Lock()
		defer mu.Unlock()
		if text := string(l.Text); strings.HasPrefix(text, "told ") {
			requests = append(requests, requestIDs.ReplaceAllString(text, "ID"))
		}
	}
	f := load(t, cfg, sandbox, filepath.Join("testdata", "told"), sink)
	ev := runner.Event{
		Payload: []byte("event"), RetryCount: 2,
		Tracing: runner.Tracing{SpanContext: "span", JaegerEndpoint: "endpoint", SpanBaggages: map[string]string{"a": "b"}},
	}
	res, err := f.Invoke(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(res.Payload, &environment); err != nil {
		t.Fatal(err)
	}
	ev.Payload = nil
	q := &runner.HTTPRequest{
		Event: ev, Method: "GET", URI: "/path", Path: "/path", Host: "own.example.com", Headers: []abi.Pair{{Key: "Accept", Value: "text/plain"}},
	}
	if _, err := f.InvokeHTTP(t.Context(), q, discard{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Only a process has these: sandboxes share a snapshot, and have no files.
	environment = slices.DeleteFunc(environment, func(v string) bool {
		return strings.HasPrefix(v, "FC_INSTANCE_ID=") || strings.HasPrefix(v, "FC_FUNC_CODE_PATH=")
	})
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(requests) // an instance may be idle, and freeze, in between
	return slices.Compact(requests), environment
}

// function is one of either kind.
type function interface {
	front.Function
	Close(ctx context.Context) error
}

// load loads a server as a module, or as a program of the custom runtime.
func load(t *testing.T, cfg runner.FunctionConfig, sandbox bool, dir string, sink logs.Sink) function {
	t.Helper()
	e := newEngines(t, sink)
	if sandbox {
		return runnertest.Load(t, e.sandboxes, cfg, guesttest.Build(t, dir))
	}
	f, err := e.processes.Load(t.Context(), cfg, serverProgram(t, dir, cfg.Server()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// serverProgram is a server of the custom runtime.
func serverProgram(t *testing.T, dir string, s runner.Server) native.Program {
	t.Helper()
	binary := guesttest.BuildNative(t, dir)
	code := t.TempDir()
	if err := os.WriteFile(filepath.Join(code, native.DefaultBootstrap), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return native.Program{
		Kind: native.Custom, Dir: code,
		Initializer: s.Initializer, PreFreeze: s.PreFreeze, PreStop: s.PreStop,
	}
}

// discard is a client who does not care.
type discard struct{}

func (discard) WriteHead(int, []runner.Header, int64) error { return nil }

func (discard) Write(p []byte) (int, error) { return len(p), nil }
