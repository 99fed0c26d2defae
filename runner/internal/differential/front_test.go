package differential

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/native"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// functionName is what all functions are called.
const functionName = "fn"

// config is that of both kinds of functions.
func config() runner.FunctionConfig {
	return runner.NewFunctionConfig(functionName).WithHandler("main").WithMemory(512).WithTimeout(30*time.Second).
		WithRegion("cn-hangzhou", "42")
}

// side is one of the two ways to run a function, behind a front of its own.
type side struct {
	t      *testing.T
	name   string
	url    string
	client *http.Client
}

// single is the only function that there is.
type single struct{ front.Function }

func (s single) Lookup(_, name, _ string) (front.Target, error) {
	if name != functionName {
		return front.Target{}, front.ErrFunctionNotFound
	}
	return front.Target{Function: s.Function}, nil
}

func (s single) Single() (front.Target, bool) { return front.Target{Function: s.Function}, true }

// serve puts a function behind a front and returns the way to it.
func serve(t *testing.T, name string, f front.Function) *side {
	t.Helper()
	server, err := front.New(front.Config{
		Functions: single{f},
		Logger:    slog.New(slog.NewTextHandler(testWriter{t, name}, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	client := &http.Client{
		Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := errors.Join(server.Shutdown(ctx), <-served); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return &side{t: t, name: name, url: "http://" + ln.Addr().String(), client: client}
}

// testWriter shows what the front logs.
type testWriter struct {
	t    *testing.T
	name string
}

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s: %s", w.name, bytes.TrimSpace(p))
	return len(p), nil
}

// engines run functions, for all examples. They are closed when the test ends.
type engines struct {
	sandboxes *runner.Runner
	processes *native.Runtime
}

func newEngines(t *testing.T, sink logs.Sink) engines {
	t.Helper()
	var e engines
	var err error
	if e.processes, err = native.New(native.Config{LogSink: sink}); err != nil {
		t.Skipf("native processes: %v", err)
	}
	if e.sandboxes, err = runner.New(context.Background(), runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithLogSink(sink)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := errors.Join(e.sandboxes.Close(ctx), e.processes.Close(ctx)); err != nil {
			t.Error(err)
		}
	})
	return e
}

// sandbox serves an example as a module.
func (e engines) sandbox(t *testing.T, example string) *side {
	t.Helper()
	module := guesttest.Build(t, filepath.Join("..", "..", "..", "examples", example))
	return serve(t, "sandbox", runnertest.Load(t, e.sandboxes, config(), module))
}

// process serves an example as a native process.
func (e engines) process(t *testing.T, example string) *side {
	t.Helper()
	program := guesttest.BuildNative(t, filepath.Join("..", "..", "..", "examples", example))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := e.processes.Load(context.Background(), config(), native.Program{Kind: native.Go1, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, "process", f)
}

// request is one to send to both sides.
type request struct {
	method, path, body string
	header             http.Header
}

func (q request) String() string {
	body := fmt.Sprintf("%q", q.body)
	if len(body) > 200 {
		body = fmt.Sprintf("%s... (%d bytes)", body[:200], len(q.body))
	}
	return fmt.Sprintf("%s %s %v %s", q.method, q.path, q.header, body)
}

// response is what is compared.
type response struct {
	Status int
	Header http.Header
	Body   string
	Log    []string // the tail of the log, if it was asked for
}

// send makes one request.
func (s *side) send(q request) response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), q.method, s.url+q.path, strings.NewReader(q.body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = "fn.example.com" // and not the port, which differs
	for key, values := range q.header {
		r.Header[key] = values
	}
	got, err := s.client.Do(r)
	if err != nil {
		s.t.Fatalf("%s: %s: %v", s.name, q, err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatalf("%s: %s: %v", s.name, q, err)
	}
	a := response{Status: got.StatusCode, Header: got.Header, Body: string(body)}
	a.blur(s.t)
	return a
}

// volatile are the headers that differ from one invocation to the next, or from
// one file to another. They have to be there on both sides or on none.
var volatile = []string{
	"Date", "X-Fc-Request-Id", "X-Fc-Invocation-Duration", "X-Fc-Max-Memory-Usage", "X-Fc-Code-Checksum",
	"X-Fc-Instance-Id", "X-Fc-Log-Result",
}

// blur hides what may differ.
func (a *response) blur(t *testing.T) {
	t.Helper()
	id := a.Header.Get("X-Fc-Request-Id")
	if text := a.Header.Get("X-Fc-Log-Result"); text != "" {
		log, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Errorf("X-Fc-Log-Result %q: %v", text, err)
		}
		a.Log = logLines(strings.ReplaceAll(string(log), id, "ID"))
	}
	for _, name := range volatile {
		if a.Header.Get(name) != "" {
			a.Header.Set(name, "...")
		}
	}
	if id != "" {
		a.Body = blurEvent(a.Body, id)
	}
	a.Body = usage.ReplaceAllString(a.Body, "(...)")
	before := len(a.Body)
	if a.Body = shortenStack(a.Body); len(a.Body) != before {
		a.Header.Del("Content-Length")
	}
	if a.Header.Get("X-Fc-Error-Type") != "" {
		a.Header.Del("Content-Length") // durations have more digits or less
	}
}

var (
	usage = regexp.MustCompile(`\(duration: \d+ms, maxMemoryUsage: [\d.]+MB\)`)
	// epochs are milliseconds of an event of these years.
	epochs = regexp.MustCompile(`("(?i:timeEpoch)":")\d{13}"`)
	dates  = regexp.MustCompile(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?`)
)

// blurEvent hides what differs in the event of an HTTP trigger, for functions that
// answer with their event, be it in base64 and in capitals.
func blurEvent(body, id string) string {
	var text []byte
	if json.Unmarshal([]byte(body), &text) == nil && len(text) > 0 {
		body = string(text)
	}
	body = strings.ReplaceAll(strings.ReplaceAll(body, id, "ID"), strings.ToUpper(id), "ID")
	return epochs.ReplaceAllString(dates.ReplaceAllString(body, "DATE"), `${1}EPOCH"`)
}

// logLines are the lines of a log without what differs: times, the summary of the
// platform, and the stack traces in errors. They are sorted, as nobody promises in
// which order lines of a process's two outputs arrive.
func logLines(log string) []string {
	var lines []string
	trace := false
	for _, line := range strings.Split(strings.ReplaceAll(log, "\r\n", "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "Duration: "), line == "":
			continue // the platform's summary
		case strings.HasPrefix(line, ` "stackTrace": [`):
			trace = true
			continue
		case trace:
			trace = line != " ]"
			continue
		}
		line = usage.ReplaceAllString(dates.ReplaceAllString(line, "DATE"), "(...)")
		lines = append(lines, strings.TrimSuffix(line, ","))
	}
	slices.Sort(lines)
	return lines
}
