package front

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// fake is a function made of Go functions.
type fake struct {
	invoke func(ctx context.Context, ev runner.Event) (*runner.Result, error)
	http   func(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error
	event  bool // the handler takes events also over HTTP
	tenant string
	// timeout is the function's, if it is not the default.
	timeout time.Duration
	result  *runner.Result // of every HTTP call; nil makes one
}

// usage is what every call of a fake costs.
var usage = runner.Usage{
	Duration: 17450 * time.Microsecond, MemoryLimit: 128, MaxMemory: 31 << 20, Checksum: 12345678901234567890,
	InstanceID: "c-00000000-00000000-000000000000",
}

func (f *fake) HandlesHTTP() bool { return !f.event }

func (f *fake) EventsOnly() bool { return f.event }

func (f *fake) Config() runner.FunctionConfig {
	if f.timeout > 0 {
		return fakeConfig.WithTenant(f.tenant).WithTimeout(f.timeout)
	}
	return fakeConfig.WithTenant(f.tenant)
}

var fakeConfig = runner.NewFunctionConfig("f")

func (f *fake) Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error) {
	return f.invoke(ctx, ev)
}

func (f *fake) InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error) {
	res := f.result
	if res == nil {
		res = &runner.Result{RequestID: req.RequestID, Usage: usage}
	}
	return res, f.http(ctx, req, w)
}

// echo answers an event with itself.
func echo() *fake {
	return &fake{
		invoke: func(_ context.Context, ev runner.Event) (*runner.Result, error) {
			res := &runner.Result{RequestID: ev.RequestID, Payload: []byte(string(ev.Payload)), Usage: usage}
			if ev.WithLog {
				res.Log = []byte("FC Invoke Start RequestId: " + ev.RequestID + "\nhello\nFC Invoke End RequestId: " + ev.RequestID + "\n")
			}
			return res, nil
		},
		http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
			return answerWith(w, 200, string(req.Payload))
		},
	}
}

func answerWith(w runner.HTTPWriter, status int, body string, headers ...string) error {
	var hs []runner.Header
	for i := 0; i < len(headers); i += 2 {
		hs = append(hs, runner.Header{Key: headers[i], Value: headers[i+1]})
	}
	if err := w.WriteHead(status, hs, int64(len(body))); err != nil {
		return err
	}
	_, err := w.Write([]byte(body))
	return err
}

// directory is a [Functions] over a map from service/name.
type directory struct {
	functions map[string]Function
	only      Function
	// target is what is said about every function, but for the function.
	target Target
}

func (d directory) Lookup(service, name, qualifier string) (Target, error) {
	f, ok := d.functions[service+"/"+name]
	switch {
	case service == "missing":
		return Target{}, ErrServiceNotFound
	case !ok:
		return Target{}, ErrFunctionNotFound
	case qualifier != "LATEST" && qualifier != "prod":
		return Target{}, ErrQualifierNotFound
	}
	t := d.target
	if t.Function = f; qualifier == "prod" {
		t.Version = "7"
	}
	return t, nil
}

func (d directory) Single() (Target, bool) { return Target{Function: d.only}, d.only != nil }

// serve runs a server over functions and returns its address.
func serve(t testing.TB, d Functions, changes ...func(*Config)) (addr string, s *Server) {
	t.Helper()
	w := &testWriter{t: t}
	t.Cleanup(w.end) // after the server's
	cfg := Config{Functions: d, Logger: slog.New(slog.NewTextHandler(w, nil))}
	for _, change := range changes {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return listen(t, s), s
}

// listen runs a server and returns its address.
func listen(t testing.TB, s *Server) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if n := s.bodies.used.Load(); n != 0 {
			t.Errorf("%d bytes of bodies are still accounted for", n)
		}
		if s.inflight.head.next != &s.inflight.head {
			t.Error("invocations are still listed as running")
		}
	})
	return ln.Addr().String()
}

// one serves f as 3.0 function f, as 2.0 function svc/f, and as the only one.
func one(f Function) directory {
	return directory{functions: map[string]Function{"/f": f, "svc/f": f}, only: f}
}

// testWriter writes to a test's log, until the test ends: fasthttp may still
// have something to say about a connection when the server has shut down.
type testWriter struct {
	mu sync.Mutex
	t  testing.TB // nil after the end
}

func (w *testWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil {
		w.t.Logf("%s", b)
	}
	return len(b), nil
}

func (w *testWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = nil
}

// answering is the HTTP side of a fake that always gives the same answer.
func answering(status int, body string, headers ...string) func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error {
	return func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, status, body, headers...)
	}
}
