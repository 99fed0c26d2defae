package front

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
)

const (
	invoke3 = "/2023-03-30/functions/f/invocations"
	invoke2 = "/2016-08-15/services/svc/functions/f/invocations"
)

var (
	id3 = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)
	id2 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)

func TestInvoke(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	for _, c := range []struct {
		name, uri, payload, version string
		id                          *regexp.Regexp
	}{
		{"3.0", invoke3, `{"a":1}`, "LATEST", id3},
		{"3.0 with a qualifier", invoke3 + "?qualifier=prod", "x", "7", id3},
		{"3.0 with LATEST", invoke3 + "?a=b&qualifier=LATEST", "x", "LATEST", id3},
		{"3.0 name of a 2.0 function", "/2023-03-30/functions/svc%24f/invocations", "x", "LATEST", id3},
		{"2.0", invoke2, "\x00\xff", "LATEST", id2},
		{"2.0 with a qualifier", "/2016-08-15/services/svc.prod/functions/f/invocations", "", "7", id2},
		{"large", invoke3, strings.Repeat("x", 3<<20), "LATEST", id3},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, addr, "POST", c.uri, c.payload)
			if r.StatusCode != 200 || r.body != c.payload {
				t.Fatalf("status %d, body %.100q; want 200, %.100q", r.StatusCode, r.body, c.payload)
			}
			if id := r.Header.Get("X-Fc-Request-Id"); !c.id.MatchString(id) {
				t.Errorf("request id %q does not match %v", id, c.id)
			}
			want := map[string]string{
				"Content-Type":                    "application/octet-stream",
				"X-Fc-Invocation-Duration":        "17",
				"X-Fc-Max-Memory-Usage":           "31.00",
				"X-Fc-Code-Checksum":              "12345678901234567890",
				"X-Fc-Instance-Id":                "c-00000000-00000000-000000000000",
				"X-Fc-Invocation-Service-Version": c.version,
				"Access-Control-Expose-Headers":   exposed,
				"Content-Length":                  itoa(len(c.payload)),
				"X-Fc-Error-Type":                 "",
				"X-Fc-Log-Result":                 "",
				"Server":                          "",
			}
			got := map[string]string{}
			for k := range want {
				got[k] = r.Header.Get(k)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestIDsAreTheFrontsOwn(t *testing.T) {
	var seen string
	f := echo()
	inner := f.invoke
	f.invoke = func(ctx context.Context, ev runner.Event) (*runner.Result, error) {
		seen = ev.RequestID
		return inner(ctx, ev)
	}
	addr, _ := serve(t, one(f))
	r := request(t, addr, "POST", invoke3, "", "X-Fc-Request-Id", "mine")
	if id := r.Header.Get("X-Fc-Request-Id"); id == "mine" || id != seen {
		t.Errorf("request id %q, the function saw %q", id, seen)
	}
}

func TestLogResult(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	for _, c := range []struct {
		uri, logType string
		want         bool
	}{
		{invoke3, "Tail", true},
		{invoke2, "tail", true},
		{"/2016-08-15/proxy/svc/f/", "Tail", true},
		{invoke3, "None", false},
		{"/any", "Tail", false},
	} {
		r := request(t, addr, "POST", c.uri, "x", "X-Fc-Log-Type", c.logType)
		raw := r.Header.Get("X-Fc-Log-Result")
		if (raw != "") != c.want {
			t.Errorf("%s, log type %s: log result %q, want one: %v", c.uri, c.logType, raw, c.want)
		}
	}
	r := request(t, addr, "POST", invoke3, "x", "X-Fc-Log-Type", "Tail")
	log, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Fc-Log-Result"))
	if err != nil {
		t.Fatal(err)
	}
	id := r.Header.Get("X-Fc-Request-Id")
	want := "FC Invoke Start RequestId: " + id + "\r\nhello\r\nFC Invoke End RequestId: " + id + "\r\n\r\n" +
		"Duration: 17.45 ms, Billed Duration: 18 ms, Memory Size: 128 MB, Max Memory Used: 31.00 MB"
	if diff := cmp.Diff(want, string(log)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestLogResultIsATail(t *testing.T) {
	res := &runner.Result{Log: []byte(strings.Repeat("0123456789\n", 1000)), Usage: usage}
	log, err := base64.StdEncoding.DecodeString(logResult(res))
	if err != nil {
		t.Fatal(err)
	}
	if len(log) != 4096 || !strings.HasSuffix(string(log), "0123456789\r\n\r\n"+usage.Summary()) {
		t.Errorf("%d bytes of log, ending in %q", len(log), log[len(log)-100:])
	}
}

// Errors of functions and of the runner, by way of calling.
func TestErrors(t *testing.T) {
	handlerFailed := &runner.InvokeError{
		Kind: runner.HandlerFailed, Message: "wrong <thing>", Type: "errorString",
		Stack: []runner.StackFrame{{Path: "main.go", Line: 7, Label: "handle"}},
	}
	const functionBody = `{"errorMessage":"wrong \u003cthing\u003e","errorType":"errorString","stackTrace":[{"path":"main.go","line":7,"label":"handle"}]}`
	throttled := fmt.Errorf("%w: function \"f\" runs 1 already", runner.ErrThrottled)
	const throttledText = `concurrency over limit: function \"f\" runs 1 already`
	type answer struct {
		status          int
		errorType, body string // ID stands for the request id
	}
	for _, c := range []struct {
		name                               string
		err                                error
		invoke3, invoke2, trigger3, proxy2 answer
	}{
		{
			"handler failed", handlerFailed,
			answer{200, "UnhandledInvocationError", functionBody},
			answer{200, "UnhandledInvocationError", functionBody},
			answer{502, "UnhandledInvocationError", functionBody},
			answer{502, "UnhandledInvocationError", functionBody},
		},
		{
			"bad response", &runner.InvokeError{Kind: runner.BadResponse, Message: "too long"},
			answer{502, "UnhandledInvocationError", `{"Code":"BadResponse","Message":"BadResponse: too long","RequestId":"ID"}`},
			answer{502, "UnhandledInvocationError", `{"ErrorCode":"BadResponse","ErrorMessage":"BadResponse: too long"}`},
			answer{502, "UnhandledInvocationError", `{"Code":"BadResponse","Message":"BadResponse: too long","RequestId":"ID"}`},
			answer{502, "UnhandledInvocationError", `{"ErrorCode":"BadResponse","ErrorMessage":"BadResponse: too long"}`},
		},
		{
			"throttled", throttled,
			answer{429, "", `{"Code":"ResourceExhausted","Message":"` + throttledText + `","RequestId":"ID"}`},
			answer{429, "", `{"ErrorCode":"ResourceExhausted","ErrorMessage":"` + throttledText + `"}`},
			answer{429, "FcCommonError", `{"Code":"ResourceExhausted","Message":"` + throttledText + `","RequestId":"ID"}`},
			answer{429, "FcCommonError", `{"ErrorCode":"ResourceExhausted","ErrorMessage":"` + throttledText + `"}`},
		},
		{
			"over the function's limit", &runner.LimitError{What: "event", Configured: 10, Observed: 11},
			answer{400, "", `{"Code":"EntityTooLarge","Message":"payload size exceeds maximum allowed size (10 bytes): the payload has 11 bytes","RequestId":"ID"}`},
			answer{400, "", `{"ErrorCode":"EntityTooLarge","ErrorMessage":"payload size exceeds maximum allowed size (10 bytes): the payload has 11 bytes"}`},
			answer{400, "FcCommonError", `{"Code":"InvalidArgument","Message":"the request body has 11 bytes, the limit is 10","RequestId":"ID"}`},
			answer{400, "FcCommonError", `{"ErrorCode":"InvalidArgument","ErrorMessage":"the request body has 11 bytes, the limit is 10"}`},
		},
		{
			"closed", runner.ErrClosed,
			answer{500, "", `{"Code":"InternalServerError","Message":"an internal error has occurred. Please retry. (the function is being removed)","RequestId":"ID"}`},
			answer{500, "", `{"ErrorCode":"InternalServerError","ErrorMessage":"an internal error has occurred. Please retry. (the function is being removed)"}`},
			answer{500, "FcCommonError", `{"Code":"InternalServerError","Message":"an internal error has occurred. Please retry. (the function is being removed)","RequestId":"ID"}`},
			answer{500, "FcCommonError", `{"ErrorCode":"InternalServerError","ErrorMessage":"an internal error has occurred. Please retry. (the function is being removed)"}`},
		},
		{
			"something else", errors.New("secret"),
			answer{500, "", `{"Code":"InternalServerError","Message":"an internal error has occurred. Please retry. (request ID)","RequestId":"ID"}`},
			answer{500, "", `{"ErrorCode":"InternalServerError","ErrorMessage":"an internal error has occurred. Please retry. (request ID)"}`},
			answer{500, "FcCommonError", `{"Code":"InternalServerError","Message":"an internal error has occurred. Please retry. (request ID)","RequestId":"ID"}`},
			answer{500, "FcCommonError", `{"ErrorCode":"InternalServerError","ErrorMessage":"an internal error has occurred. Please retry. (request ID)"}`},
		},
	} {
		f := &fake{
			invoke: func(context.Context, runner.Event) (*runner.Result, error) { return nil, c.err },
			http:   func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error { return c.err },
		}
		addr, _ := serve(t, one(f))
		for uri, want := range map[string]answer{
			invoke3: c.invoke3, invoke2: c.invoke2, "/any": c.trigger3, "/2016-08-15/proxy/svc/f": c.proxy2,
		} {
			t.Run(c.name+uri, func(t *testing.T) {
				r := request(t, addr, "POST", uri, "x")
				got := answer{r.StatusCode, r.Header.Get("X-Fc-Error-Type"),
					strings.ReplaceAll(r.body, r.Header.Get("X-Fc-Request-Id"), "ID")}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(answer{})); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
				if ct := r.Header.Get("Content-Type"); ct != "application/json" {
					t.Errorf("content type %q", ct)
				}
				if after := r.Header.Get("Retry-After"); (after == "1") != (r.StatusCode == 429) {
					t.Errorf("Retry-After is %q with status %d", after, r.StatusCode)
				}
			})
		}
	}
}

func TestPanicsAreAnswered(t *testing.T) {
	addr, _ := serve(t, one(&fake{
		invoke: func(context.Context, runner.Event) (*runner.Result, error) { panic("invoke") },
		http:   func(context.Context, *runner.HTTPRequest, runner.HTTPWriter) error { panic("http") },
	}))
	for _, uri := range []string{invoke3, invoke2, "/any"} {
		c := dial(t, addr)
		for range 2 { // the connection lives on
			c.send("POST " + uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
			if r := c.receive("POST"); r.StatusCode != 500 || !strings.Contains(r.body, "InternalServerError") {
				t.Errorf("%s: status %d, body %s", uri, r.StatusCode, r.body)
			}
		}
	}
}
