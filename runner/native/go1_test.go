package native_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/native"
)

var _ front.Function = (*native.Function)(nil)

// TestGo1Context checks what a binary of the SDK learns of its invocation.
func TestGo1Context(t *testing.T) {
	r := newRig(t)
	cfg := config("OWN", "value", "FC_REGION", "nowhere").WithService("svc").WithRegion("cn-x", "123").
		WithVersion("prod", "7").WithLogStore("project", "store").WithMemory(256).WithTimeout(2500 * time.Millisecond).
		WithCredentials(runner.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"})
	p := pull()
	p.Args = []string{"an", "argument"}
	f := r.load(cfg, p)
	res, err := f.Invoke(context.Background(), runner.Event{
		Payload: []byte(`{"do":"context"}`), RequestID: "req-1", RetryCount: 2,
		Tracing: runner.Tracing{SpanContext: "span", JaegerEndpoint: "http://j", SpanBaggages: map[string]string{"a": "b"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Header           map[string][]string
		Timeout, Retries int
		Left             bool
		Env, Args        []string
	}
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatal(err)
	}
	for _, drop := range []string{"Date", "Content-Length", "Content-Type", "X-Fc-Function-Deadline"} {
		if len(got.Header[drop]) != 1 {
			t.Errorf("header %s is %q", drop, got.Header[drop])
		}
		delete(got.Header, drop)
	}
	want := map[string][]string{}
	for k, v := range map[string]string{
		"Request-Id": "req-1", "Function-Timeout": "3", "Function-Type": "0", "Retry-Count": "2",
		"Access-Key-Id": "id", "Access-Key-Secret": "secret", "Security-Token": "token",
		"Function-Name": "f", "Function-Handler": "pull", "Function-Memory": "256",
		"Service-Name": "svc", "Service-Logproject": "project", "Service-Logstore": "store",
		"Qualifier": "prod", "Version-Id": "7", "Region": "cn-x", "Account-Id": "123",
		"Tracing-Opentracing-Span-Context": "span", "Tracing-Jaeger-Endpoint": "http://j",
		"Tracing-Opentracing-Span-Baggages": "eyJhIjoiYiJ9",
	} {
		want["X-Fc-"+k] = []string{v}
	}
	if d := cmp.Diff(want, got.Header); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	if got.Timeout != 3 || got.Retries != 2 || !got.Left {
		t.Errorf("parsed: %+v", got)
	}
	if d := cmp.Diff([]string{"an", "argument"}, got.Args); d != "" {
		t.Errorf("arguments (-want +got):\n%s", d)
	}
	for _, v := range []string{
		"OWN=value", "FC_REGION=cn-x", "FC_FUNCTION_NAME=f", "FC_FUNCTION_HANDLER=pull", "FC_FUNCTION_MEMORY_SIZE=256",
		"FC_ACCOUNT_ID=123", "FC_SERVICE_NAME=svc", "FC_INSTANCE_ID=" + res.Usage.InstanceID, "FC_RUNTIME=go1",
		"FC_FUNC_CODE_PATH=" + seen(t, p.Dir) + "/", "ALIBABA_CLOUD_ACCESS_KEY_ID=id", "ALIBABA_CLOUD_SECURITY_TOKEN=token",
	} {
		if !slices.Contains(got.Env, v) {
			t.Errorf("no %s in the environment %q", v, got.Env)
		}
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "PATH" && name != "HOME" && slices.Contains(got.Env, v) {
			t.Errorf("the environment has %s of wafer's", v)
		}
	}
}

// TestGo1Results checks usage and log of invocations that succeed.
func TestGo1Results(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), pull())
	out, first := invoke(t, f, `{"do":"print","text":"line"}`)
	if out != `{"do":"print","text":"line"}` {
		t.Errorf("the payload is %q", out)
	}
	log := strings.Split(string(first.Log), "\n")
	slices.Sort(log[1:3]) // two pipes
	want := []string{"FC Invoke Start RequestId: " + first.RequestID, "err line", "out line", "FC Invoke End RequestId: " + first.RequestID, ""}
	if d := cmp.Diff(want, log); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
	_, second := invoke(t, f, `{"do":"sleep","n":30}`)
	u, w := first.Usage, second.Usage
	if !u.ColdStart || w.ColdStart || u.InstanceID == "" || u.InstanceID != w.InstanceID {
		t.Errorf("usage %+v, %+v", u, w)
	}
	if w.Duration < 30*time.Millisecond || w.Checksum == 0 || w.Checksum != f.Checksum() || w.MemoryLimit != runner.DefaultMemory {
		t.Errorf("usage %+v", w)
	}
	if s := f.Stats(); s.Live != 1 || s.Idle != 1 || s.Reused != 1 || s.Invocations != 2 {
		t.Errorf("stats %+v", s)
	}
}

// TestGo1Failures checks every way in which an invocation can fail, in FC's
// words, and what becomes of the instance.
func TestGo1Failures(t *testing.T) {
	exited := `^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: \d+\.\d\dMB\)$`
	timedOut := `^Function timed out after 1 second \(maxMemoryUsage: \d+\.\d\dMB\)$`
	cases := []struct {
		name, event string
		kind        runner.ErrorKind
		typ         string
		message     string // a regular expression
		end         string // of the End line, a regular expression
		survives    bool
		env         []string
	}{
		{"error", `{"do":"fail","text":"sorry"}`, runner.HandlerFailed, "errorString", `^sorry$`, `^Unhandled function error$`, true, nil},
		{"panic", `{"do":"panic","text":"boom"}`, runner.HandlerFailed, "string", `^boom$`, `^Unhandled function error$`, true, nil},
		{"no JSON", `a`, runner.HandlerFailed, "SyntaxError", `^invalid character 'a' looking for beginning of value$`, `^Unhandled`, true, nil},
		{"exit 0", `{"do":"exit","n":0}`, runner.Exited, "FunctionUnhandledError", exited, exited, false, nil},
		{"exit 3", `{"do":"exit","n":3}`, runner.Exited, "FunctionUnhandledError", exited, exited, false, nil},
		{"crash", `{"do":"crash","text":"goroutine"}`, runner.Exited, "FunctionUnhandledError", exited, exited, false, nil},
		{"hang", `{"do":"hang"}`, runner.TimedOut, "FunctionTimeoutError", timedOut, timedOut, false, nil},
		{"late", `{"do":"sleep","n":1300}`, runner.TimedOut, "FunctionTimeoutError", timedOut, timedOut, false, nil},
		{"nothing is posted", `{}`, runner.TimedOut, "FunctionTimeoutError", timedOut, timedOut, false, []string{"BAD_HEADERS", "1"}},
		{"too large", `{"do":"large","n":1001}`, runner.BadResponse, "BadResponse", `^the response has at least 1001 bytes, the limit is 1000$`, `^the response`, true, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			cfg := config(c.env...).WithMaxPayload(1000)
			if c.kind == runner.TimedOut {
				cfg = cfg.WithTimeout(time.Second)
			}
			f := r.load(cfg, pull())
			if len(c.env) == 0 {
				invoke(t, f, `{}`)
			}
			res, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(c.event), WithLog: true})
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || res == nil {
				t.Fatalf("result %v, error %v", res, err)
			}
			if failed.Kind != c.kind || failed.Type != c.typ || failed.RequestID != res.RequestID || failed.Function != "f" {
				t.Errorf("error %#v", failed)
			}
			if !regexp.MustCompile(c.message).MatchString(failed.Message) {
				t.Errorf("message %q, want %s", failed.Message, c.message)
			}
			if (c.name == "panic") != (len(failed.Stack) > 0) {
				t.Errorf("stack %v", failed.Stack)
			}
			lines := strings.Split(strings.TrimSuffix(string(res.Log), "\n"), "\n")
			end, ok := strings.CutPrefix(lines[len(lines)-1], "FC Invoke End RequestId: "+res.RequestID+", Error: ")
			if !ok || !regexp.MustCompile(c.end).MatchString(end) {
				t.Errorf("the log ends with %q, want %s", lines[len(lines)-1], c.end)
			}
			if c.kind == runner.HandlerFailed && strings.Count(string(res.Log), "[ERROR]") != 1 {
				t.Errorf("the error is not in the log once:\n%s", res.Log)
			}
			if got := errors.Is(err, context.DeadlineExceeded); got != (c.kind == runner.TimedOut) {
				t.Errorf("is a timeout: %v", got)
			}
			if s := f.Stats(); c.survives != (s.Destroyed == 0) {
				t.Errorf("survives: %+v", s)
			}
			if len(c.env) == 0 {
				if out, next := invoke(t, f, `{"do":"count"}`); next.Usage.ColdStart == c.survives || (out == "1") == c.survives {
					t.Errorf("the next invocation: count %s, cold start %v", out, next.Usage.ColdStart)
				}
			}
		})
	}
}

// TestGo1OddAnswers checks answers that nobody waits for. They change nothing.
func TestGo1OddAnswers(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), pull())
	if out, res := invoke(t, f, `{"do":"twice"}`); out != `"once"` {
		t.Errorf("answering twice gives %s\n%s", out, res.Log)
	}
	// Not in the invocation's log: it was over when the program said so.
	eventually(t, "the second answer was refused", func() bool {
		return r.logged("first: <nil> second: failed to POST") == 1 && r.logged("got unexpected status code: 404") >= 1
	})
	if out, _ := invoke(t, f, `{"do":"other"}`); !strings.Contains(out, "got unexpected status code: 404") {
		t.Errorf("answering for another id: %s", out)
	}
	if out, _ := invoke(t, f, `{"do":"count"}`); out != "3" {
		t.Errorf("the instance did not survive: count %s", out)
	}
}

// TestGo1ConcurrencyIsTheRunners checks that the SDK, which runs whatever it
// gets at once, gets no more than it should.
func TestGo1ConcurrencyIsTheRunners(t *testing.T) {
	for _, n := range []int{1, 3} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			r := newRig(t)
			f := r.load(config().WithConcurrency(n).WithMaxInstances(1), pull())
			results := make(chan string, 6)
			for range 6 {
				go func() {
					res, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"overlap","n":` + strconv.Itoa(n) + `}`)})
					if err != nil {
						t.Error(err)
						results <- ""
						return
					}
					results <- string(res.Payload)
				}()
			}
			most := ""
			for range 6 {
				most = max(most, <-results)
			}
			if most != strconv.Itoa(n) {
				t.Errorf("%s at once", most)
			}
			if s := f.Stats(); s.Created != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestGo1StartErrors checks programs that never ask for anything.
func TestGo1StartErrors(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.StartTimeout = 300 * time.Millisecond
	for _, c := range []struct{ start, typ, message string }{
		{"exit", "CAExited", `^Function instance exited unexpectedly\(code 2, message:no such file or directory\) with start command '` +
			regexp.QuoteMeta(seen(t, p.Dir)) + `/pull '\. Logs:giving up$`},
		{"mute", "FunctionNotStarted", `^Function instance did not ask for an invocation in 0\.3 seconds\.\nLogs:wafer: the program runs, .* \(--runtime custom\)$`},
	} {
		f := r.load(config("START", c.start), p)
		_, err := f.Invoke(context.Background(), runner.Event{})
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.BootFailed || failed.Type != c.typ || failed.RequestID == "" {
			t.Fatalf("%s: error %#v", c.start, err)
		}
		if !regexp.MustCompile(c.message).MatchString(failed.Message) {
			t.Errorf("%s: message %q, want %s", c.start, failed.Message, c.message)
		}
	}
}

// TestMemoryLimit checks what becomes of a program that wants too much.
func TestMemoryLimit(t *testing.T) {
	r := newRig(t)
	if strings.Contains(r.Containment(), "no memory-cgroup") {
		t.Skip("without a control group each process has a limit of its data (RLIMIT_DATA): one that reaches it is not killed, but refused memory")
	}
	f := r.load(config().WithMemory(64), pull())
	_, res := invoke(t, f, `{"do":"alloc","n":16}`)
	if res.Usage.MaxMemory < 16<<20 {
		t.Errorf("the usage is %.2f MB", res.Usage.MaxMemoryMB())
	}
	_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"alloc","n":512}`)})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.OutOfMemory || failed.Type != "FunctionOOMError" || !strings.HasPrefix(failed.Message, "Process exited unexpectedly") {
		t.Errorf("error %#v", err)
	}
	invoke(t, f, `{}`)
}
