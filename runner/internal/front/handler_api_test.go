package front_test

import (
	"context"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestHandlerAPI calls real handlers, written for the FC Go SDK and built
// unmodified, over a real socket, and compares what comes back with what
// Function Compute answers: every shape, every text, every habit.
func TestHandlerAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a hundred functions")
	}
	h := newHandlers(t)
	t.Run("shapes", h.testShapes)
	t.Run("invalid", h.testInvalid)
	t.Run("codecs", h.testCodecs)
	t.Run("failures", h.testFailures)
	t.Run("ends", h.testEnds)
	t.Run("panics", h.testPanicFrames)
	t.Run("context", h.testContext)
	t.Run("log", h.testLog)
	t.Run("events", h.testTriggerEvents)
	t.Run("web", h.testWeb)
	t.Run("hooks", h.testHooks)
}

// TestHandlerAPIPerRequest runs what does not count on state again, with a fresh
// sandbox for every request: calls then run on locked threads and between
// resets, and answers must not differ.
func TestHandlerAPIPerRequest(t *testing.T) {
	if testing.Short() {
		t.Skip("loads many functions")
	}
	h := newHandlers(t)
	h.isolation = runner.IsolationRequest
	for range 2 {
		t.Run("codecs", h.testCodecs)
		t.Run("web", h.testWeb)
		t.Run("events", h.testTriggerEvents)
	}
}

// handlers are all handlers of testdata/handlers, loaded as they are called.
type handlers struct {
	addr   string
	runner *runner.Runner
	module []byte
	lines  *runnertest.Lines
	// isolation is that of what is loaded from now on.
	isolation runner.Isolation

	mu     sync.Mutex
	loaded map[string]*runner.Function
}

func newHandlers(t *testing.T) *handlers {
	t.Helper()
	h := &handlers{lines: runnertest.NewLines(), loaded: map[string]*runner.Function{}}
	s, err := front.New(front.Config{Functions: h, PublicLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	// fasthttp starts two goroutines that outlive it by seconds. They are no
	// leak of the runner's, so they have to run before it looks around.
	h.do(t, http.MethodGet, "/", "")
	h.module = runnertest.Build(t, "testdata/handlers")
	h.runner = runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(h.lines.Sink))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return h
}

// configs are the functions that need more than a name.
var configs = map[string]func(runner.FunctionConfig) runner.FunctionConfig{
	"sleep":  func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithTimeout(time.Second) },
	"spin":   func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithTimeout(200 * time.Millisecond) },
	"hungry": func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithMemory(64) },
	"context": func(c runner.FunctionConfig) runner.FunctionConfig {
		return c.WithHandler("main").WithMemory(256).WithTimeout(90*time.Second).WithRegion("cn-x", "1234").
			WithService("svc").WithVersion("prod", "7").WithLogStore("project", "store").
			WithCredentials(runner.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"})
	},
	"large-out": func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithMaxPayload(1000) },
	"string":    func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithMaxEvent(100) },
}

// saved are the functions whose instances start from a snapshot. One of each
// kind will do: every environment has a snapshot of its own, and making them
// takes time and space.
var saved = []string{
	"in-out-err", "string", "panic-string", "goroutine", "sleep", "spin", "context", "counts", "logger",
	"http-event", "web", "web-stream", "third-time", "all-hooks",
}

// Lookup implements [front.Functions].
func (h *handlers) Lookup(_, name, _ string) (front.Target, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f, ok := h.loaded[name]
	if !ok {
		cfg := runner.NewFunctionConfig(name).WithEnv(map[string]string{"HANDLER": name, "EXTRA": "1"}).
			WithIsolation(h.isolation)
		if !slices.Contains(saved, name) {
			cfg = cfg.WithSnapshot(runner.SnapshotOff)
		}
		if change := configs[name]; change != nil {
			cfg = change(cfg)
		}
		var err error
		if f, err = h.runner.Load(context.Background(), cfg, h.module); err != nil {
			return front.Target{}, err
		}
		h.loaded[name] = f
	}
	return front.Target{Function: f}, nil
}

// Single implements [front.Functions].
func (h *handlers) Single() (front.Target, bool) { return front.Target{}, false }

// unload closes a function, so that its pre-stop hooks run.
func (h *handlers) unload(t *testing.T, name string) {
	t.Helper()
	h.mu.Lock()
	f := h.loaded[name]
	delete(h.loaded, name)
	h.mu.Unlock()
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// result is what a caller got.
type result struct {
	status  int
	errType string
	body    string
	log     string // with \n for line ends
	header  http.Header
	id      string
}

// invoke calls a handler with an event.
func (h *handlers) invoke(t *testing.T, name, event string) result {
	t.Helper()
	return h.do(t, http.MethodPost, "/2023-03-30/functions/"+name+"/invocations", event)
}

// trigger calls a handler through the subdomain that it has in FC 3.0.
func (h *handlers) trigger(t *testing.T, name, method, path, body string, headers ...string) result {
	t.Helper()
	return h.do(t, method, path, body, append(headers, "Host", name+".localhost")...)
}

// request calls a handler over HTTP; path may have a query.
func (h *handlers) request(t *testing.T, name, method, path, body string, headers ...string) result {
	t.Helper()
	return h.do(t, method, "/2016-08-15/proxy/svc/"+name+path, body, headers...)
}

func (h *handlers) do(t *testing.T, method, uri, body string, headers ...string) result {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.addr+uri, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Fc-Log-Type", "Tail")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
		req.Header.Del("Host")
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	r, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		b = append(b, "BROKEN OFF"...)
	}
	log, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Fc-Log-Result"))
	if err != nil {
		t.Errorf("log result: %v", err)
	}
	return result{
		status: r.StatusCode, errType: r.Header.Get("X-Fc-Error-Type"), body: string(b),
		log: strings.ReplaceAll(string(log), "\r\n", "\n"), header: r.Header, id: r.Header.Get("X-Fc-Request-Id"),
	}
}

// matches compares with a pattern in which «...» are regular expressions.
func matches(pattern, s string) bool {
	if !strings.Contains(pattern, "«") {
		return pattern == s
	}
	var re strings.Builder
	for {
		text, rest, more := strings.Cut(pattern, "«")
		re.WriteString(regexp.QuoteMeta(text))
		if !more {
			break
		}
		expr, after, _ := strings.Cut(rest, "»")
		re.WriteString("(?:" + expr + ")")
		pattern = after
	}
	return regexp.MustCompile(`(?s)^` + re.String() + `$`).MatchString(s)
}
