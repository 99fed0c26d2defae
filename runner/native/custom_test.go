package native_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// server is the program of the custom runtime. It listens on port 9000.
func server() native.Program {
	return native.Program{Kind: native.Custom, Dir: filepath.Join(programs, "server"), Command: []string{"server"}}
}

// TestCustomContext checks what a server learns of an event.
func TestCustomContext(t *testing.T) {
	r := newRig(t)
	cfg := config("OWN", "value").WithService("svc").WithRegion("cn-x", "123").WithVersion("prod", "7").
		WithLogStore("project", "store").WithMemory(256).WithTimeout(3 * time.Second).WithInitializationTimeout(4 * time.Second).
		WithCredentials(runner.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"})
	p := server()
	p.Initializer = true
	p.Command = []string{"/code/server", "one"}
	p.Args = []string{"two"}
	f := r.load(cfg, p)
	const event = `{"do":"context"}`
	res, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(event), RequestID: "req-1"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Header    map[string][]string
		Env, Args []string
		Length    int
	}
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"Content-Type": {"application/octet-stream"}, "Content-Length": {"16"}}
	for k, v := range map[string]string{
		"Request-Id": "req-1", "Control-Path": "/invoke", "Function-Timeout": "3", "Function-Initializer": "initialize", "Initialization-Timeout": "4",
		"Access-Key-Id": "id", "Access-Key-Secret": "secret", "Security-Token": "token",
		"Function-Name": "f", "Function-Handler": "pull", "Function-Memory": "256",
		"Service-Name": "svc", "Service-Logproject": "project", "Service-Logstore": "store",
		"Qualifier": "prod", "Version-Id": "7", "Region": "cn-x", "Account-Id": "123",
	} {
		want["X-Fc-"+k] = []string{v}
	}
	if d := cmp.Diff(want, got.Header); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"one", "two"}, got.Args); d != "" {
		t.Errorf("arguments (-want +got):\n%s", d)
	}
	for _, v := range []string{"OWN=value", "FC_FUNCTION_NAME=f", "FC_RUNTIME=custom", "FC_SERVER_PORT=9000", "FC_CUSTOM_LISTEN_PORT=9000", "FC_INITIALIZATION_TIMEOUT=4", "FC_INITIALIZER_HANDLER=initialize"} {
		if !slices.Contains(got.Env, v) {
			t.Errorf("no %s in the environment %q", v, got.Env)
		}
	}
}

// TestCustomEvents checks what becomes of answers to events.
func TestCustomEvents(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithMaxPayload(1000), server())
	if out, res := invoke(t, f, `plain text`); out != "plain text" || !res.Usage.ColdStart || res.Usage.Checksum == 0 {
		t.Errorf("payload %q, usage %+v", out, res.Usage)
	} else if want := "FC Invoke Start RequestId: " + res.RequestID + "\nFC Invoke End RequestId: " + res.RequestID + "\n"; string(res.Log) != want {
		t.Errorf("log:\n%s", res.Log)
	}
	for _, status := range []string{"200", "400", "503"} {
		if out, _ := invoke(t, f, `{"do":"status","n":`+status+`}`); out != "the body counts" {
			t.Errorf("status %s gives %q", status, out)
		}
	}
	for _, c := range []struct {
		event   string
		kind    runner.ErrorKind
		typ     string
		message string
	}{
		{`{"do":"fail"}`, runner.HandlerFailed, "Weather", `^bad day$`},
		{`{"do":"large","n":1001}`, runner.BadResponse, "BadResponse", `^the response has at least 1001 bytes, the limit is 1000$`},
		{`{"do":"large","n":100000}`, runner.BadResponse, "BadResponse", `^the response has at least 1001 bytes, the limit is 1000$`},
		{`{"do":"exit","n":4}`, runner.Exited, "FunctionUnhandledError", `^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: \d+\.\d\dMB\)$`},
	} {
		_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(c.event)})
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != c.kind || failed.Type != c.typ || !regexp.MustCompile(c.message).MatchString(failed.Message) {
			t.Errorf("%s: error %#v", c.event, err)
		}
	}
	if s := f.Stats(); s.Created != 1 || s.Live != 0 {
		t.Errorf("%+v", s)
	}
	f = r.load(config().WithTimeout(300*time.Millisecond), server())
	_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"hang"}`)})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.TimedOut || !strings.HasPrefix(failed.Message, "Function timed out after 0.3 seconds") {
		t.Errorf("error %v", err)
	}
	if s := f.Stats(); s.Live != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCustomConcurrency(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithConcurrency(4).WithMaxInstances(1), server())
	results := make(chan string, 8)
	for range 8 {
		go func() {
			res, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"overlap","n":4}`)})
			if err != nil {
				t.Error(err)
				results <- ""
				return
			}
			results <- string(res.Payload)
		}()
	}
	for range 8 {
		if got := <-results; got != "4" {
			t.Errorf("%s at once, want 4", got)
		}
	}
}

// TestCustomPassThrough checks that requests and answers pass as they are.
func TestCustomPassThrough(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithService("svc"), server())
	if !f.HandlesHTTP() {
		t.Error("a server does not take HTTP")
	}
	w, res := do(t, f, request("PATCH", "/2016-08-15/proxy/svc/f/a%2Fb//c?x=%20&y", "body", "X-Own", "a", "X-Own", "b", "User-Agent", "me",
		"X-Fc-Base-Path", "/2016-08-15/proxy/svc/f/")) // the front knows it
	if w.status != 299 || !w.has("X-Answer: yes") || !w.has("Content-Type: application/json") {
		t.Errorf("answer %v", w)
	}
	var got struct {
		Method, URI, Host, Body string
		Header                  map[string][]string
	}
	if err := json.Unmarshal([]byte(w.body.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Method != "PATCH" || got.URI != "/2016-08-15/proxy/svc/f/a%2Fb//c?x=%20&y" || got.Host != "example.com" || got.Body != "body" {
		t.Errorf("the server saw %+v", got)
	}
	for k, v := range map[string][]string{
		"X-Own": {"a", "b"}, "User-Agent": {"me"}, "X-Fc-Request-Id": {res.RequestID}, "X-Fc-Function-Name": {"f"},
		"X-Fc-Control-Path": {"/http-invoke"}, "X-Fc-Base-Path": {"/2016-08-15/proxy/svc/f/"}, "Accept-Encoding": nil,
	} {
		if d := cmp.Diff(v, got.Header[k]); d != "" {
			t.Errorf("header %s (-want +got):\n%s", k, d)
		}
	}
	w, _ = do(t, f, request("GET", "//two?", ""))
	if err := json.Unmarshal([]byte(w.body.String()), &got); err != nil || got.URI != "//two?" {
		t.Errorf("the server saw %+v, %v", got, err)
	}
	if w, _ := do(t, f, request("HEAD", "/", "")); w.status != 299 || w.body.Len() != 0 {
		t.Errorf("HEAD: %v", w)
	}
	w, res = do(t, f, request("GET", "/unwell", ""))
	if w.status != 418 || w.body.String() != "unwell\n" || !strings.Contains(string(res.Log), "Error: Unhandled function error") {
		t.Errorf("x-fc-status 404: %v\n%s", w, res.Log)
	}
}

// TestCustomStreams checks that a client gets each piece as it is written, and
// what an end in the middle means.
func TestCustomStreams(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), server())
	w, _ := do(t, f, request("GET", "/stream?n=5", ""))
	if w.size != -1 || w.pieces < 2 || w.body.String() != "line 0\nline 1\nline 2\nline 3\nline 4\n" {
		t.Errorf("%d pieces: %v", w.pieces, w)
	}
	w = &recorder{}
	_, err := f.InvokeHTTP(context.Background(), request("GET", "/stream?n=2&exit", ""), w)
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.Exited || w.heads != 1 || !strings.HasPrefix(w.body.String(), "line 0\n") {
		t.Errorf("an exit in the middle: %v, %v", err, w)
	}
	// A client that leaves.
	ctx, cancel := context.WithCancel(context.Background())
	w = &recorder{onWrite: func() error { cancel(); return errors.New("gone") }}
	_, err = f.InvokeHTTP(ctx, request("GET", "/stream?n=1000", ""), w)
	if !errors.As(err, &failed) || failed.Kind != runner.Canceled {
		t.Errorf("a client that leaves: %v", err)
	}
	if s := f.Stats(); s.Created != 2 || s.Live != 0 {
		t.Errorf("%+v", s)
	}
}

// TestCustomBrokenConnections checks how often a handler runs that closes its
// connection, whether that is new or kept: once, or twice where its method says that
// it has no effects. Its instance stays in use.
func TestCustomBrokenConnections(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), server())
	broken := func(what string, err error) {
		t.Helper()
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.HandlerFailed || failed.Type != "FunctionUnhandledError" || !strings.HasPrefix(failed.Message, "Process exited unexpectedly before completing request (duration: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "POST", "PATCH"} {
		for _, body := range []string{"", "x"} {
			for _, kept := range []bool{false, true} { // a broken connection is not kept
				if kept {
					do(t, f, request("PUT", "/", "", "Idempotency-Key", "once"))
				}
				what := fmt.Sprintf("%s, body %q, on a kept connection: %v", method, body, kept)
				before := r.logged("breaking off " + method)
				// net/http makes requests with these headers again whatever their method.
				_, err := f.InvokeHTTP(context.Background(), request(method, "/break", body, "Idempotency-Key", "a", "X-Idempotency-Key", "b"), &recorder{})
				broken(what, err)
				want := 2
				if method == "POST" || method == "PATCH" {
					want = 1
				}
				if n := r.logged("breaking off "+method) - before; n != want {
					t.Errorf("%s: made %d times, want %d", what, n, want)
				}
			}
		}
	}
	_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"break"}`)})
	broken("event", err)
	w := &recorder{}
	_, err = f.InvokeHTTP(context.Background(), request("GET", "/stream?n=2&break", ""), w)
	if broken("in the middle", err); w.heads != 1 || !strings.HasPrefix(w.body.String(), "line 0\n") {
		t.Errorf("in the middle: %v", w)
	}
	if s := f.Stats(); s.Created != 1 || s.Live != 1 {
		t.Errorf("a broken connection cost the instance: %+v", s)
	}
	if r.logged("wafer: the server closed the connection without a complete answer") == 0 {
		t.Error("the log does not say that the process lives")
	}
	_, err = f.InvokeHTTP(context.Background(), request("DELETE", "/exit", ""), &recorder{})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.Exited || f.Stats().Live != 0 {
		t.Errorf("exit: %v", err)
	}
}

// TestHealthCheck checks that an instance that falls ill is replaced, and that
// one with a health check outlives a client that leaves.
func TestHealthCheck(t *testing.T) {
	r := newRig(t)
	p := server()
	p.HealthCheck = &native.HealthCheck{Path: "/health", Period: 20 * time.Millisecond, Timeout: time.Second, FailureThreshold: 2, SuccessThreshold: 2}
	f := r.load(config(), p)
	_, first := invoke(t, f, `{}`)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	go func() { time.Sleep(20 * time.Millisecond); cancel() }()
	if _, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"do":"hang"}`)}); err == nil {
		t.Fatal("no error")
	}
	_, second := invoke(t, f, `{"do":"sick"}`)
	if first.Usage.InstanceID != second.Usage.InstanceID {
		t.Error("the instance was restarted although it is asked how it is")
	}
	eventually(t, "replaced", func() bool { return f.Stats().Destroyed == 1 })
	if _, third := invoke(t, f, `{}`); third.Usage.InstanceID == first.Usage.InstanceID {
		t.Error("the instance was used although it is ill")
	}
}

// TestPorts checks that instances with one hard-coded port do not get in each
// other's way: in networks of their own, or one after the other.
func TestPorts(t *testing.T) {
	r := newRig(t)
	for _, egress := range []bool{false, true} {
		p := server()
		p.Egress = egress
		f := r.load(config().WithMaxInstances(3).WithConcurrency(1), p)
		done := make(chan error, 3)
		for range 3 {
			go func() {
				_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"overlap","n":1}`)})
				done <- err
			}()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Errorf("egress %v: %v", egress, err)
			}
		}
		if s := f.Stats(); egress && s.Created != 1 {
			t.Errorf("several instances share a port of the host: %+v", s)
		}
		if err := f.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	p := server()
	p.Egress, p.FreePort = true, true
	f := r.load(config("START", "free-port").WithMaxInstances(2), p)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"count"}`)})
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	ln, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p.FreePort, p.Port = false, ln.Addr().(*net.TCPAddr).Port
	var taken *native.PortError
	if _, err := r.Load(context.Background(), config(), p); !errors.As(err, &taken) || taken.Holder != "another program" {
		t.Errorf("a port that is taken: %v", err)
	}
	p.Port = freePort(t)
	f = r.load(config(), p)
	if !f.SharesPort() {
		t.Error("the function does not say that its instances share a port")
	}
	ln, err = net.Listen("tcp", ":"+strconv.Itoa(p.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, err = f.Invoke(context.Background(), runner.Event{})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Type != "FunctionNotStarted" || !strings.Contains(failed.Message, "taken by another program") {
		t.Errorf("a port that was taken later: %v", err)
	}
}

// freePort returns a port that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// TestPortClaims: a port of the host has one function, or several of a name, and
// may be wafer's own.
func TestPortClaims(t *testing.T) {
	port := freePort(t)
	rt, err := native.New(native.Config{Taken: map[int]string{1: "wafer itself"}})
	if err != nil {
		t.Fatal(err)
	}
	load := func(name string, change func(*native.Program)) (*native.Function, error) {
		p := server()
		p.Egress, p.Port = true, port
		if change != nil {
			change(&p)
		}
		return rt.Load(context.Background(), runner.NewFunctionConfig(name).WithService("s"), p)
	}
	first, err := load("a", nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := load("a", nil) // replaces it
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want   string
		change func(*native.Program)
	}{
		{want: "taken by function s$a"},
		{want: "wants port 1 of the host, which is taken by wafer itself: give it another port, or ", change: func(p *native.Program) { p.Port = 1 }},
		{change: func(p *native.Program) { p.FreePort = true }},
		{change: func(p *native.Program) { p.Kind = native.Go1 }},
	} {
		if _, err := load("b", c.change); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	for _, f := range []*native.Function{first, again} {
		if _, err := load("b", nil); err == nil {
			t.Error("the port was given away while a function had it")
		}
		if err := f.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if _, err := load("b", nil); err != nil {
		t.Errorf("the port is free again: %v", err)
	}
	if err := rt.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
