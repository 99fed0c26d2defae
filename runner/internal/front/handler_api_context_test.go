package front_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func (h *handlers) testContext(t *testing.T) {
	t.Run("whole", func(t *testing.T) {
		r := h.do(t, "POST", "/2023-03-30/functions/context/invocations", "", "X-Fc-Tracing-Opentracing-Span-Context", "span")
		want := `{"RequestID":"` + r.id + `","Credentials":{"AccessKeyId":"id","AccessKeySecret":"secret","SecurityToken":"token"},` +
			`"Function":{"Name":"context","Handler":"main","Memory":"256","Timeout":90},` +
			`"Service":{"Name":"svc","LogProject":"project","LogStore":"store","Qualifier":"prod","VersionId":"7"},` +
			`"Region":"cn-x","AccountId":"1234","RetryCount":0,` +
			`"Tracing":{"OpenTracingSpanContext":"span","OpenTracingSpanBaggages":{},"JaegerEndpoint":""}}`
		if r.body != want {
			t.Errorf("context\n%s, want\n%s", r.body, want)
		}
	})
	t.Run("ids", func(t *testing.T) {
		for uri, pattern := range map[string]string{
			"/2023-03-30/functions/context/invocations":              `1-«[0-9a-f]{8}»-«[0-9a-f]{24}»`,
			"/2016-08-15/services/svc/functions/context/invocations": `«[0-9a-f]{8}»-«[0-9a-f]{4}»-4«[0-9a-f]{3}»-«[89ab]»«[0-9a-f]{3}»-«[0-9a-f]{12}»`,
		} {
			r := h.do(t, "POST", uri, "")
			var c struct{ RequestID string }
			if err := json.Unmarshal([]byte(r.body), &c); err != nil {
				t.Fatal(err)
			}
			if c.RequestID != r.id || !matches(pattern, r.id) {
				t.Errorf("%s: the function saw %q, the caller %q, want %s", uri, c.RequestID, r.id, pattern)
			}
		}
	})
	t.Run("deadline", func(t *testing.T) {
		var d struct {
			OK, Past bool
			Zone     string
			MS, Now  int64
		}
		if err := json.Unmarshal([]byte(h.invoke(t, "deadline", "").body), &d); err != nil {
			t.Fatal(err)
		}
		if left := d.MS - d.Now; !d.OK || d.Past || d.Zone != "UTC" || left <= 0 || left > 60_000 {
			t.Errorf("%+v: %d ms left", d, left)
		}
	})
	for handler, want := range map[string]string{
		"no-context":  `{"given":"mine","has":true,"nil":true,"ok":false,"version":""}`,
		"environment": `{"EXTRA":"1","HANDLER":"environment","HOME":""}`,
	} {
		t.Run(handler, func(t *testing.T) {
			if r := h.invoke(t, handler, ""); r.body != want {
				t.Errorf("%s, want %s", r.body, want)
			}
		})
	}
	t.Run("globals survive", func(t *testing.T) {
		for _, want := range []string{"1", "2", "3"} {
			if r := h.invoke(t, "counts", ""); r.body != want {
				t.Errorf("count %s, want %s", r.body, want)
			}
		}
	})
}

func (h *handlers) testLog(t *testing.T) {
	const when = `«\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z» `
	const stamp = `«\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}»`
	const summary = `Duration: «\d+\.\d\d» ms, Billed Duration: «\d+» ms, Memory Size: 512 MB, Max Memory Used: «\d+\.\d\d» MB`
	for _, c := range []struct {
		handler string
		lines   []string // ID stands for the request id
	}{
		{"logger", []string{
			"FC Invoke Start RequestId: ID",
			when + "ID [DEBUG] contexts.go:«\\d+»: a 1 true",
			when + "ID [DEBUG] contexts.go:«\\d+»: 7%",
			when + "ID [INFO] contexts.go:«\\d+»: b",
			when + "ID [INFO] contexts.go:«\\d+»: with a line end",
			when + "ID [WARN] contexts.go:«\\d+»: c",
			when + "ID [WARN] contexts.go:«\\d+»: \"d\"",
			when + "ID [ERROR] contexts.go:«\\d+»: e f",
			when + "ID [ERROR] contexts.go:«\\d+»: two",
			"lines",
			when + "other [INFO] contexts.go:«\\d+»: g",
			"FC Invoke End RequestId: ID",
			"",
			summary,
		}},
		{"prints", []string{
			"FC Invoke Start RequestId: ID",
			"out",
			"err",
			stamp + " logged",
			"no end",
			"FC Invoke End RequestId: ID",
			"",
			summary,
		}},
		{"as-given", []string{
			"FC Invoke Start RequestId: ID",
			stamp + "  ID [ERROR] {",
			` "errorMessage": "as given \u003c\u0026\u003e",`,
			` "errorType": "Own.Type",`,
			` "stackTrace": [`,
			"  {",
			`   "path": "a.go",`,
			`   "line": 7,`,
			`   "label": "f"`,
			"  }",
			" ]",
			"}",
			"FC Invoke End RequestId: ID, Error: Unhandled function error",
			"",
			summary,
		}},
	} {
		t.Run(c.handler, func(t *testing.T) {
			r := h.invoke(t, c.handler, "")
			got := strings.Split(r.log, "\n")
			for i, want := range c.lines {
				if i >= len(got) {
					t.Fatalf("line %d is missing, want %s", i, want)
				}
				if want = strings.ReplaceAll(want, "ID", r.id); !matches(want, got[i]) && want != got[i] {
					t.Errorf("line %d\n%s, want\n%s", i, got[i], want)
				}
			}
			if len(got) > len(c.lines) {
				t.Errorf("more lines: %q", got[len(c.lines):])
			}
		})
	}
}

// testTriggerEvents is about event handlers behind an HTTP trigger.
func (h *handlers) testTriggerEvents(t *testing.T) {
	t.Run("request", func(t *testing.T) {
		r := h.trigger(t, "http-event", "PUT", "/a%20b/c?q=1&q=%32", "text", "X-Multi", "1", "X-Multi", "2",
			"Content-Type", "text/plain", "User-Agent", "tester")
		want := "v1|PUT|/a%20b/c|/a b/c|1,2|1,2|http-event.localhost|http-event|127.0.0.1|tester|text"
		if r.status != 200 || r.body != want {
			t.Errorf("status %d, body %s, want %s", r.status, r.body, want)
		}
	})
	t.Run("no trigger", func(t *testing.T) {
		r := h.invoke(t, "http-event", "{}")
		want := `{"statusCode":400,"headers":null,"isBase64Encoded":false,"body":"no HTTP trigger"}`
		if r.status != 200 || r.body != want {
			t.Errorf("status %d, body %s, want %s", r.status, r.body, want)
		}
	})
	t.Run("raw", func(t *testing.T) {
		r := h.trigger(t, "http-raw-event", "POST", "/", "\x00\xff", "Content-Type", "image/png")
		want := `{"version":"v1","rawPath":"/","headers":{«.*»"Content-Type":"image/png"«.*»},"queryParameters":{},` +
			`"body":"AP8=","isBase64Encoded":true,"requestContext":{«.*»}}`
		if r.status != 200 || !matches(want, r.body) || strings.Contains(r.body, "X-Fc-") {
			t.Errorf("status %d, body %s, want %s", r.status, r.body, want)
		}
	})
	t.Run("binary answer", func(t *testing.T) {
		r := h.trigger(t, "http-binary", "GET", "/", "")
		if r.status != 201 || r.body != "\x00\x01\xff" || r.header.Get("Content-Type") != "application/octet-stream" || r.header.Get("X-Fc-Mine") != "" {
			t.Errorf("status %d, body %q, headers %v", r.status, r.body, r.header)
		}
	})
	for _, c := range []struct{ handler, contentType, want string }{
		{"html", "application/json", `"\u003chello\u003e\u0026"`},
		{"nothing", "application/json", `null`},
		{"out-err", "application/json", `{"got":"nothing"}`},
		{"handler-struct", "application/octet-stream", `struct:«.*»`},
	} {
		t.Run(c.handler, func(t *testing.T) {
			r := h.trigger(t, c.handler, "GET", "/", "")
			if r.status != 200 || !matches(c.want, r.body) || r.header.Get("Content-Type") != c.contentType {
				t.Errorf("status %d, type %s, body %s; want %s, %s", r.status, r.header.Get("Content-Type"), r.body, c.contentType, c.want)
			}
		})
	}
	for handler, want := range map[string]string{
		"http-bad-status": `statusCode is \"200\", want an integer`,
		"http-bad-base64": `body is not base64 although isBase64Encoded is true: illegal base64 data at input byte 2`,
	} {
		t.Run(handler, func(t *testing.T) {
			r := h.trigger(t, handler, "GET", "/", "")
			body := `{"Code":"BadResponse","Message":"BadResponse: the function's result is no HTTP response: ` + want + `","RequestId":"` + r.id + `"}`
			if r.status != 502 || r.errType != unhandled || r.body != body {
				t.Errorf("status %d, error type %s, body\n%s, want\n%s", r.status, r.errType, r.body, body)
			}
		})
	}
}
