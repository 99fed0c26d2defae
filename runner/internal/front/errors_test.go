package front

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// errorCase is a code of FC, and how to get it.
type errorCase struct {
	code    string
	status  int
	message string // a regular expression
	blame   bool   // it is the function's fault
	name    string // of the function, default f
	trigger *Trigger
	limits  *Limits
	config  func(*Config)
	err     error // of the function
	request string
	headers []string
	body    int
	only    string // 2.0 or 3.0, or invoke or HTTP
	gone    bool   // the client goes
}

func startFailure(kind string) error {
	return &runner.InvokeError{Kind: runner.BootFailed, Type: kind, Message: "no start"}
}

// TestErrorTable gets every error in every shape that it has: by the calls and
// by the triggers of both generations.
func TestErrorTable(t *testing.T) {
	cases := []errorCase{
		{code: "InvalidArgument", status: 400, message: `X-Fc-Log-Type is 'x', want None or Tail`, headers: []string{hLogType, "x"}},
		{code: "InvalidArgument", status: 400, message: `the path with its query has \d+ bytes, the limit is 10`, limits: &Limits{Path: 10}, request: "/path/that/is/long"},
		{code: "InvalidArgument", status: 400, message: `the request headers have \d+ bytes, the limit is 3`, limits: &Limits{RequestHeader: 3}, headers: []string{"X-Long", strings.Repeat("x", 100)}},
		{code: "InvalidArgument", status: 400, message: `the request body has 7 bytes, the limit is 6`, limits: &Limits{Body: 6}, body: 7, only: "HTTP"},
		{code: "EntityTooLarge", status: 400, message: `payload size exceeds maximum allowed size \(6 bytes\): the payload has 7 bytes`, limits: &Limits{Body: 6}, body: 7, only: "invoke"},
		{code: "PathNotSupported", status: 400, message: `'/.*' against 'GET' is not supported`, only: "GET"},
		{code: "AccessDenied", status: 403, message: `method 'POST' is not one of the HTTP trigger's: GET`, trigger: &Trigger{Methods: []string{"GET"}}, only: "HTTP"},
		{code: "AccessDenied", status: 403, message: `access denied due to function internet URL is disable`, trigger: &Trigger{Methods: []string{"POST"}, DisableURLInternet: true}, only: "HTTP"},
		{code: "FunctionNotFound", status: 404, message: `function 'none' does not exist( in service 'svc'|\.)`, name: "none"},
		{code: "TriggerNotFound", status: 404, message: `function 'f' has no HTTP trigger`, trigger: &Trigger{}, only: "HTTP"},
		{code: "FunctionNotStarted", status: 412, message: "no start", err: startFailure("FunctionNotStarted"), blame: true},
		{code: "CAExited", status: 412, message: "no start", err: startFailure("CAExited"), blame: true},
		{code: "CAFileNotFound", status: 412, message: "no start", err: startFailure("CAFileNotFound"), blame: true},
		{code: "CAFilePermission", status: 412, message: "no start", err: startFailure("CAFilePermission"), blame: true},
		{code: "ResourceExhausted", status: 429, message: `concurrency over limit: runner: all instances are busy`, err: runner.ErrThrottled},
		{code: "ClientClosedRequest", status: 499, message: `client Closed Request: .+`, gone: true},
		{code: "InternalServerError", status: 500, message: `an internal error has occurred\. Please retry\. \(request .+\)`, err: errors.New("front: disk on fire")},
		{code: "InternalServerError", status: 500, message: `an internal error has occurred\. Please retry\. \(the function is being removed\)`, err: runner.ErrClosed},
		{code: "BadResponse", status: 502, message: `BadResponse: no good`, err: &runner.InvokeError{Kind: runner.BadResponse, Message: "no good"}, blame: true},
		{code: "ResourceThrottled", status: 503, message: `machine quota exceeded: request bodies take \d+ bytes already, the limit is 1000`, body: 100 << 10, config: func(c *Config) { c.BodyMemory = 1000 }},
	}
	covered := map[string]bool{
		// These belong to one generation or path, see TestRefusedRoutes and TestHosts.
		"ServiceNotFound": true, "VersionNotFound": true, "AliasNotFound": true, "DomainNameNotFound": true,
		"RequestTimeout": true, // of the connection, not of FC
	}
	for _, c := range cases {
		covered[c.code] = true
		for _, way := range []string{"3.0 invoke", "2.0 invoke", "3.0 HTTP", "2.0 HTTP"} {
			if c.only == "GET" && strings.Contains(way, "HTTP") || c.only != "GET" && !strings.Contains(way, c.only) {
				continue
			}
			t.Run(c.code+" "+way, func(t *testing.T) { c.check(t, way) })
		}
	}
	for _, row := range errorTable {
		if !covered[row.name] {
			t.Errorf("no test gets the error %s", row.name)
		}
	}
}

func (c *errorCase) check(t *testing.T, way string) {
	r := c.do(t, way)
	if r.StatusCode != c.status {
		t.Errorf("status %d, want %d", r.StatusCode, c.status)
	}
	wantType := ""
	switch {
	case c.blame:
		wantType = typeUnhandled
	case strings.Contains(way, "HTTP"):
		wantType = typeCommon
	}
	if got := r.Header.Get(hErrorType); got != wantType {
		t.Errorf("error type %q, want %q", got, wantType)
	}
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	if again := r.Header.Get(hRetryAfter) != ""; again != (c.status == 429 || c.status == 503) {
		t.Errorf("Retry-After %q", r.Header.Get(hRetryAfter))
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	code, message, keys := body["Code"], body["Message"], 3
	if strings.HasPrefix(way, "2.0") {
		code, message, keys = body["ErrorCode"], body["ErrorMessage"], 2
	} else if body["RequestId"] != r.Header.Get(hRequestID) {
		t.Errorf("request id %q, the header has %q", body["RequestId"], r.Header.Get(hRequestID))
	}
	if code != c.code || !regexp.MustCompile("^"+c.message).MatchString(message) || len(body) != keys {
		t.Errorf("body %s, want %s, %s", r.body, c.code, c.message)
	}
}

// do sends the case's request.
func (c *errorCase) do(t *testing.T, way string) response {
	t.Helper()
	fail := func(ctx context.Context) error {
		if c.gone {
			<-ctx.Done()
			return ctx.Err()
		}
		return c.err
	}
	f := &fake{
		invoke: func(ctx context.Context, _ runner.Event) (*runner.Result, error) { return nil, fail(ctx) },
		http:   func(ctx context.Context, _ *runner.HTTPRequest, _ runner.HTTPWriter) error { return fail(ctx) },
	}
	d := one(f)
	d.only, d.target.Trigger, d.target.Limits = nil, c.trigger, c.limits
	change := c.config
	if change == nil {
		change = func(*Config) {}
	}
	addr, _ := serve(t, d, change)
	name, host, method := "f", "localhost", "POST"
	if c.name != "" {
		name = c.name
	}
	if c.only == "GET" {
		method = "GET"
	}
	uri := c.request
	switch way {
	case "3.0 invoke":
		uri = "/2023-03-30/functions/" + name + "/invocations?" + uri
	case "2.0 invoke":
		uri = "/2016-08-15/services/svc/functions/" + name + "/invocations?" + uri
	case "3.0 HTTP":
		host, uri = name+".localhost", "/"+uri
	case "2.0 HTTP":
		uri = "/2016-08-15/proxy/svc/" + name + "/" + uri
	}
	conn := dial(t, addr)
	conn.send(method + " " + uri + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines(c.headers) + "Content-Length: " + itoa(c.body) + "\r\n\r\n")
	go func() { _, _ = conn.Write(make([]byte, c.body)) }()
	if c.gone {
		if err := conn.Conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	return conn.receive(method)
}
