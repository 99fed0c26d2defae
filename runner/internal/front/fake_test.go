package front

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// fake is a function made of Go functions.
type fake struct {
	invoke func(ctx context.Context, ev runner.Event) (*runner.Result, error)
	http   func(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error
	event  bool // the handler takes events also over HTTP
}

// usage is what every call of a fake costs.
var usage = runner.Usage{
	Duration: 17450 * time.Microsecond, MemoryLimit: 128, MaxMemory: 31 << 20, Checksum: 12345678901234567890,
	InstanceID: "c-00000000-00000000-000000000000",
}

func (f *fake) HandlesHTTP() bool { return !f.event }

func (f *fake) Invoke(ctx context.Context, ev runner.Event) (*runner.Result, error) {
	return f.invoke(ctx, ev)
}

func (f *fake) InvokeHTTP(ctx context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) (*runner.Result, error) {
	return &runner.Result{RequestID: req.RequestID, Usage: usage}, f.http(ctx, req, w)
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

// directory is a finder over a map from service/name.
type directory struct {
	functions map[string]function
	only      function
}

func (d directory) lookup(service, name, qualifier string) (target, error) {
	f, ok := d.functions[service+"/"+name]
	switch {
	case service == "missing":
		return target{}, ErrServiceNotFound
	case !ok:
		return target{}, ErrFunctionNotFound
	case qualifier == "LATEST":
		return target{function: f}, nil
	case qualifier == "prod":
		return target{function: f, version: "7"}, nil
	}
	return target{}, ErrQualifierNotFound
}

func (d directory) single() (target, bool) { return target{function: d.only}, d.only != nil }

// serve runs a server over functions and returns its address.
func serve(t testing.TB, d finder, changes ...func(*Config)) (addr string, s *Server) {
	t.Helper()
	cfg := Config{Functions: registry{}.Functions, Logger: slog.New(slog.NewTextHandler(testWriter{t}, nil))}
	for _, change := range changes {
		change(&cfg)
	}
	cfg, err := cfg.withDefaults()
	if err != nil && !strings.Contains(err.Error(), "Functions is not set") {
		t.Fatal(err)
	}
	s = newServer(cfg, d)
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
	return ln.Addr().String(), s
}

// one serves f as 3.0 function f, as 2.0 function svc/f, and as the only one.
func one(f function) directory {
	return directory{functions: map[string]function{"/f": f, "svc/f": f}, only: f}
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}
