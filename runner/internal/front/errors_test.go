package front

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

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
	reached := map[code]bool{}
	for _, c := range cases {
		for _, way := range []string{"3.0 invoke", "2.0 invoke", "3.0 HTTP", "2.0 HTTP"} {
			if c.only == "GET" && strings.Contains(way, "HTTP") || c.only != "GET" && !strings.Contains(way, c.only) {
				continue
			}
			t.Run(c.code+" "+way, func(t *testing.T) { c.check(t, way, reached) })
		}
	}
	t.Run("of one way", func(t *testing.T) { testOtherErrors(t, reached) })
	t.Run("every row is reached", func(t *testing.T) {
		for i, row := range errorTable {
			if !reached[code(i)] {
				t.Errorf("no request was answered with %s, %s", row.name, row.pattern)
			}
		}
	})
}

// testOtherErrors gets the errors that only one generation or way has.
func testOtherErrors(t *testing.T, reached map[code]bool) {
	empty := mustDomain(t, "shop.example.com", HTTPAndHTTPS, Route{Path: "/*", Function: "f"})
	d := one(echo())
	d.only = nil
	addr, _ := serve(t, d, func(c *Config) {
		c.Domains, c.ReadTimeout, c.MinBodyRate = domains{"shop.example.com": empty}, 100*time.Millisecond, 1<<20
	})
	for _, c := range []struct {
		code      string
		status    int
		message   string
		errorType string
		send      string // up to the end of the head, and more
	}{
		{"ServiceNotFound", 404, "service 'missing' does not exist", "", "POST /2016-08-15/services/missing/functions/f/invocations HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"ServiceNotFound", 404, "service 'missing' does not exist", typeCommon, "POST / HTTP/1.1\r\nHost: f.missing.localhost\r\n\r\n"},
		{"VersionNotFound", 404, "version '9' of service 'svc' does not exist", "", "POST /2016-08-15/services/svc.9/functions/f/invocations HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"VersionNotFound", 404, "version '9' of function 'f' does not exist", "", "POST " + invoke3 + "?qualifier=9 HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"AliasNotFound", 404, "alias 'no' of service 'svc' does not exist", typeCommon, "GET /2016-08-15/proxy/svc.no/f/ HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"AliasNotFound", 404, "alias 'no' of function 'f' does not exist", "", "POST " + invoke3 + "?qualifier=no HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"DomainNameNotFound", 404, "domain name 'nobody.example.com' does not exist", typeCommon, "GET / HTTP/1.1\r\nHost: nobody.example.com\r\n\r\n"},
		{"RequestTimeout", 408, "1 bytes of the body arrived within", "", "POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"},
		{"RequestTimeout", 408, "1 bytes of the body arrived within", typeCommon, "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 9\r\n\r\nx"},
	} {
		t.Run(c.code+" "+c.errorType, func(t *testing.T) {
			conn := dial(t, addr)
			conn.send(c.send)
			r := conn.receive(strings.Fields(c.send)[0])
			code, message := r.problem(t)
			if code != c.code || r.StatusCode != c.status || !strings.HasPrefix(message, c.message) {
				t.Errorf("status %d, body %s, want %d, %s, %s", r.StatusCode, r.body, c.status, c.code, c.message)
			}
			if got := r.Header.Get(hErrorType); got != c.errorType {
				t.Errorf("error type %q, want %q", got, c.errorType)
			}
			reached[rowOf(code, message)] = true
		})
	}
}

// problem reads an error of the platform, in either generation's form.
func (r *response) problem(t *testing.T) (code, message string) {
	t.Helper()
	var body struct{ Code, Message, ErrorCode, ErrorMessage string }
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return body.Code + body.ErrorCode, body.Message + body.ErrorMessage
}

// rowOf finds the row of the table that an error was made by.
func rowOf(name, message string) code {
	for i, row := range errorTable {
		pattern := strings.NewReplacer("%s", "(?s:.*)", "%d", `\d+`).Replace(regexp.QuoteMeta(row.pattern))
		if row.name == name && regexp.MustCompile("^"+pattern+"$").MatchString(message) {
			return code(i)
		}
	}
	return code(len(errorTable))
}

func (c *errorCase) check(t *testing.T, way string, reached map[code]bool) {
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
	reached[rowOf(code, message)] = true
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
