package front

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// held is a function whose invocations last until they are let go.
func held(tenant string) (f *fake, running chan struct{}, release chan struct{}) {
	running, release = make(chan struct{}, 100), make(chan struct{})
	return &fake{tenant: tenant, invoke: func(ctx context.Context, _ runner.Event) (*runner.Result, error) {
		running <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return &runner.Result{Payload: []byte("done"), Usage: usage}, nil
	}}, running, release
}

func TestConcurrency(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		status int
		code   string
		want   string
		other  int // status of another tenant's invocation
	}{
		{
			"server", func(c *Config) { c.Concurrency, c.QueueTimeout = 2, 20*time.Millisecond }, 503, "ResourceThrottled",
			"machine quota exceeded: of all invocations 2 run, the limit is 2, and none ended within 20ms", 503,
		},
		{
			"server, no queue", func(c *Config) { c.Concurrency, c.MaxQueue, c.QueueTimeout = 2, -1, time.Minute }, 503, "ResourceThrottled",
			"machine quota exceeded: of all invocations 2 run, the limit is 2, and 0 wait, the limit is 0", 503,
		},
		{
			"tenant", func(c *Config) { c.TenantConcurrency, c.QueueTimeout = 2, 20*time.Millisecond }, 429, "ResourceExhausted",
			"concurrency over limit: of the invocations of tenant 'acme' 2 run, the limit is 2, and none ended within 20ms", 200,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, running, release := held("acme")
			d := directory{functions: map[string]Function{"/f": f, "/other": echo()}}
			addr, s := serve(t, d, c.change)
			answers := make(chan response, 2)
			for range 2 {
				conn := dial(t, addr)
				conn.send("POST " + invoke3 + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
				go func() { answers <- conn.receive("POST") }()
				<-running
			}
			r := request(t, addr, "POST", invoke3, "")
			if r.StatusCode != c.status || r.Header.Get(hRetryAfter) != "1" || !strings.Contains(r.body, `"Code":"`+c.code+`"`) || !strings.Contains(r.body, c.want) {
				t.Errorf("status %d, Retry-After %q, body %s", r.StatusCode, r.Header.Get(hRetryAfter), r.body)
			}
			if r := request(t, addr, "POST", "/2023-03-30/functions/other/invocations", ""); r.StatusCode != c.other {
				t.Errorf("another tenant's: status %d, want %d", r.StatusCode, c.other)
			}
			close(release)
			for range 2 {
				if r := <-answers; r.StatusCode != 200 || r.body != "done" {
					t.Errorf("status %d, body %s", r.StatusCode, r.body)
				}
			}
			if r := request(t, addr, "POST", invoke3, ""); r.StatusCode != 200 {
				t.Errorf("afterwards: status %d, body %s", r.StatusCode, r.body)
			}
			eventually(t, "slots are taken", func() bool {
				return (s.gate == nil || len(s.gate.slots) == 0) && len(s.tenants.gate("acme", 1).slots) == 0
			})
		})
	}
}

// TestQueue is about invocations that wait for their turn, and get it, or go,
// or are too many.
func TestQueue(t *testing.T) {
	f, running, release := held("acme")
	addr, s := serve(t, one(f), func(c *Config) { c.TenantConcurrency, c.MaxQueue, c.QueueTimeout = 1, 1, time.Minute })
	start := func() *conn {
		c := dial(t, addr)
		c.send("POST " + invoke2 + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
		return c
	}
	first := start()
	<-running
	second := start()
	g := s.tenants.gate("acme", 1)
	eventually(t, "nobody waits", func() bool { return g.waiting.Load() == 1 })
	if r := start().receive("POST"); r.StatusCode != 429 || !strings.Contains(r.body, "1 run, the limit is 1, and 1 wait, the limit is 1") {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
	_ = second.Close() // it goes, and makes room in the queue
	eventually(t, "it still waits", func() bool { return g.waiting.Load() == 0 })
	third := start()
	eventually(t, "nobody waits", func() bool { return g.waiting.Load() == 1 })
	close(release)
	for _, c := range []*conn{first, third} {
		if r := c.receive("POST"); r.StatusCode != 200 || r.body != "done" {
			t.Errorf("status %d, body %s", r.StatusCode, r.body)
		}
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error(what)
}

func TestThrottledFunction(t *testing.T) {
	f := echo()
	f.invoke = func(context.Context, runner.Event) (*runner.Result, error) { return nil, runner.ErrThrottled }
	f.http = func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error { return runner.ErrThrottled }
	addr, _ := serve(t, one(f))
	for uri, want := range map[string]string{
		invoke3: `{"Code":"ResourceExhausted","Message":"concurrency over limit: `, invoke2: `{"ErrorCode":"ResourceExhausted"`, "/": `{"Code":"ResourceExhausted"`,
	} {
		if r := request(t, addr, "POST", uri, ""); r.StatusCode != 429 || r.Header.Get(hRetryAfter) != "1" || !strings.HasPrefix(r.body, want) {
			t.Errorf("%s: status %d, body %s", uri, r.StatusCode, r.body)
		}
	}
}

func TestStartErrors(t *testing.T) {
	const message = `Function instance exited unexpectedly(code 2, message:no such file or directory) with start command '/code/bootstrap '. Logs:`
	for _, c := range []struct{ kind, want string }{
		{"FunctionNotStarted", "FunctionNotStarted"}, {"CAExited", "CAExited"}, {"CAFileNotFound", "CAFileNotFound"},
		{"CAFilePermission", "CAFilePermission"}, {"something else", "FunctionNotStarted"},
	} {
		f := echo()
		err := &runner.InvokeError{Kind: runner.BootFailed, Type: c.kind, Message: message}
		f.invoke = func(context.Context, runner.Event) (*runner.Result, error) { return nil, err }
		f.http = func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error { return err }
		addr, _ := serve(t, one(f))
		for uri, want := range map[string]string{
			invoke3:                    `{"Code":"` + c.want + `","Message":"` + message + `","RequestId":"`,
			invoke2:                    `{"ErrorCode":"` + c.want + `","ErrorMessage":"` + message + `"}`,
			"/2016-08-15/proxy/svc/f/": `{"ErrorCode":"` + c.want + `","ErrorMessage":"` + message + `"}`,
			"/":                        `{"Code":"` + c.want + `","Message":"` + message + `","RequestId":"`,
		} {
			r := request(t, addr, "POST", uri, "")
			if r.StatusCode != 412 || r.Header.Get(hErrorType) != typeUnhandled || !strings.HasPrefix(r.body, want) {
				t.Errorf("%s, %s: status %d, error type %q, body %s", c.kind, uri, r.StatusCode, r.Header.Get(hErrorType), r.body)
			}
		}
	}
}

// TestLimitScopes is about limits of the generation, the server and the
// function: the innermost one counts.
func TestLimitScopes(t *testing.T) {
	d := one(echo())
	d.target.Limits = &Limits{Body: 10, ResponseHeader: 100 << 10}
	server := Limits{Body: 5, RequestHeader: 20 << 10, Path: 100}
	addr, _ := serve(t, d, func(c *Config) { c.Limits = server })
	long := strings.Repeat("x", 19<<10)
	for _, c := range []struct {
		uri, body string
		headers   []string
		status    int
		want      string
	}{
		{invoke3, "0123456789", nil, 200, "0123456789"},
		{invoke3, "0123456789a", nil, 400, "payload size exceeds maximum allowed size (10 bytes): the payload has 11 bytes"},
		{"/", "012345", nil, 400, "the request body has 6 bytes, the limit is 5"},
		{invoke3, "", []string{"X-Long", long}, 200, ""},
		{invoke2, "", []string{"X-Long", long + long}, 400, "request line and headers have over"},
		{invoke3 + "?" + strings.Repeat("q", 100), "", nil, 400, "the path with its query has 136 bytes, the limit is 100"},
	} {
		r := request(t, addr, "POST", c.uri, c.body, c.headers...)
		if r.StatusCode != c.status || !strings.Contains(r.body, c.want) {
			t.Errorf("%.60s: status %d, body %.300s; want %d, %s", c.uri, r.StatusCode, r.body, c.status, c.want)
		}
	}
	if _, err := New(Config{Functions: d, Limits: Limits{Body: -1}}); err == nil || err.Error() != "front: limits: Body is -1 bytes, want 0 (not set here) or more" {
		t.Errorf("error %v", err)
	}
	if FC2.Limits().Body != 6<<20 || FC3.Limits().Body != 32<<20 || FC2.String() != "2.0" || FC3.String() != "3.0" {
		t.Errorf("%s: %+v; %s: %+v", FC2, FC2.Limits(), FC3, FC3.Limits())
	}
}
