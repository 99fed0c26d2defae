package front_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (h *handlers) testWeb(t *testing.T) {
	t.Run("request", h.testWebRequest)
	t.Run("failures", h.testWebFailures)
	for _, c := range []struct {
		handler, path string
		status        int
		body          string
		header        map[string]string
	}{
		{"web-with-type", "/", 200, "parent", nil},
		{"web-other-type", "/", 200, "base", nil},
		{"web-flags", "/", 200, "7", nil},
		{"web-silent", "/", 200, "", map[string]string{"Content-Length": "0", "Content-Type": ""}},
		{"web-status", "/", 404, "", map[string]string{"Content-Length": "0"}},
		{"web-write-first", "/", 200, "<html>", map[string]string{"Content-Length": "6", "Content-Type": ""}},
		{"web-late-headers", "/", 202, "body", map[string]string{"X-After-Head": "1", "X-After-Body": "2|3", "Content-Length": "4"}},
		{"web-date", "/", 200, "1 ", nil},
		{"web-stream", "/", 200, "piece 0\npiece 1\npiece 2\n", map[string]string{"Content-Length": ""}},
		{"web-stream", "/fail", 200, "piece 0\npiece 1\npiece 2\nBROKEN OFF", map[string]string{"Content-Length": ""}},
		{"web-large", "/", 200, strings.Repeat("\x00", 3<<20), map[string]string{"Content-Length": "3145728"}},
		{"web-context", "/", 200, "true true ID", nil},
		{"web-cookies", "/", 302, "«.*»", map[string]string{"Location": "/elsewhere", "Set-Cookie": "a=1|b=2"}},
	} {
		t.Run(c.handler+c.path, func(t *testing.T) {
			r := h.request(t, c.handler, "GET", c.path, "")
			if r.status != c.status || r.errType != "" || !matches(strings.ReplaceAll(c.body, "ID", r.id), r.body) {
				t.Errorf("status %d, error type %s, body %.300q; want %d, %.300q", r.status, r.errType, r.body, c.status, c.body)
			}
			for k, want := range c.header {
				if got := strings.Join(r.header[k], "|"); got != want {
					t.Errorf("%s is %q, want %q", k, got, want)
				}
			}
			if len(r.header["Date"]) != 1 {
				t.Errorf("dates %q", r.header["Date"])
			}
		})
	}
	t.Run("HEAD", func(t *testing.T) {
		r := h.request(t, "web-late-headers", "HEAD", "/", "")
		if r.status != 202 || r.body != "" || r.header.Get("Content-Length") != "4" || r.header.Get("X-After-Body") != "2" {
			t.Errorf("status %d, body %q, headers %v", r.status, r.body, r.header)
		}
	})
	t.Run("event to a web handler", func(t *testing.T) {
		r := h.invoke(t, "web", "{}")
		want := failed("no httpParams found in request", "errorString")
		if r.status != 200 || r.errType != unhandled || r.body != want {
			t.Errorf("status %d, error type %s, body %s, want %s", r.status, r.errType, r.body, want)
		}
	})
}

func (h *handlers) testWebRequest(t *testing.T) {
	for _, handler := range []string{"web", "web-no-error"} {
		r := h.request(t, handler, "PATCH", "/a%20b?q=1&q=2", "text", "X-Multi", "1", "x-multi", "2", "Accept-Encoding", "br")
		var got map[string]any
		if err := json.Unmarshal([]byte(r.body), &got); err != nil {
			t.Fatalf("%v\n%s", err, r.body)
		}
		want := map[string]any{
			"method": "PATCH", "uri": "/2016-08-15/proxy/svc/" + handler + "/a%20b?q=1&q=2", "path": "/a b", "rawQuery": "q=1&q=2",
			"urlHost": h.addr, "host": "127.0.0.1", "remote": "127.0.0.1", "body": "text", "length": 4.0,
			"header": map[string]any{
				"Host": []any{h.addr}, "User-Agent": []any{"Go-http-client/1.1"}, "Content-Length": []any{"4"},
				"X-Multi": []any{"1", "2"}, "Accept-Encoding": []any{"br"},
				"X-Fc-Base-Path": []any{"/2016-08-15/proxy/svc/" + handler + "/"},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: request (-want +got):\n%s", handler, diff)
		}
	}
}

func (h *handlers) testWebFailures(t *testing.T) {
	for _, c := range []struct{ handler, want string }{
		{"web-error", failed("after all", "errorString")},
		{"web-panic", `{"errorMessage":"in the web","errorType":"string","stackTrace":[«.*»]}`},
		{"web-exit", `{"errorMessage":"Process exited unexpectedly before completing request («.*»)","errorType":"FunctionUnhandledError"}`},
		{"web-nil", failed("handler is nil", "errorString")},
		{"web-no-func", failed("handler kind int is not func", "errorString")},
		{"web-two-args", failed("http handler should takes three arguments, but handler takes 2", "errorString")},
		{"web-no-context", failed("handler takes three arguments, but the first is not Context. got int", "errorString")},
		{"web-no-writer", failed("handler takes three arguments, but the second is not http.ResponseWriter. got int", "errorString")},
		{"web-two-results", failed("handler may not return more than one values", "errorString")},
		{"web-no-error-value", failed("handler returns a single value, but it does not implement error", "errorString")},
		{"web-third-wrong", `{"errorMessage":"reflect: Call using *http.Request as type int","errorType":"string","stackTrace":[«.*»]}`},
		// The first status stands, and HTTP does not allow it to be the last.
		{"web-informational", `{"ErrorCode":"BadResponse","ErrorMessage":"BadResponse: the status is 103, want 200 to 999"}`},
	} {
		t.Run(c.handler, func(t *testing.T) {
			r := h.request(t, c.handler, "GET", "/", "")
			if r.status != 502 || r.errType != unhandled || !matches(c.want, r.body) || r.header.Get("X-Written") != "" {
				t.Errorf("status %d, error type %s, body\n%s, want\n%s", r.status, r.errType, r.body, c.want)
			}
		})
	}
}

func (h *handlers) testHooks(t *testing.T) {
	for _, c := range []struct{ handler, want string }{
		{"initializer", `"initialized;"`},
		{"last-initializer", `"second;"`},
		{"web-initializer", `initialized;`},
	} {
		t.Run(c.handler, func(t *testing.T) {
			for i := range 2 {
				r := h.invoke(t, c.handler, "")
				if strings.HasPrefix(c.handler, "web") {
					r = h.request(t, c.handler, "GET", "/", "")
				}
				if r.status != 200 || r.body != c.want {
					t.Errorf("status %d, body %s, want %s", r.status, r.body, c.want)
				}
				id, said := "RequestId: "+r.id+"\n", strings.Trim(c.want, `";`)
				started := strings.Contains(r.log, "FC Initialize Start "+id+said+" as "+r.id+"\nFC Initialize End "+id+"FC Invoke Start "+id)
				if !strings.HasPrefix(c.handler, "web") && started != (i == 0) {
					t.Errorf("invocation %d, log\n%s", i, r.log)
				}
			}
		})
	}
	t.Run("third-time", func(t *testing.T) { // tried until it succeeds
		for _, want := range []string{`{"errorMessage":"not yet",«.*»`, `{"errorMessage":"not yet",«.*»`, `"try;try;try;"`, `"try;try;try;"`} {
			if r := h.invoke(t, "third-time", ""); r.status != 200 || !matches(want, r.body) {
				t.Errorf("status %d, body %s, want %s", r.status, r.body, want)
			}
		}
	})
	for handler, want := range map[string]string{
		"hook-nil":        "handler is nil",
		"hook-no-func":    "handler kind string is not func",
		"hook-no-args":    "life cycle handler should takes one arguments, but handler takes 0",
		"hook-no-context": "handler takes a single arguments, but it is not Context. got int",
		"hook-result":     "handler should not have a return value",
	} {
		t.Run(handler, func(t *testing.T) {
			r := h.invoke(t, handler, "")
			want := strings.TrimSuffix(failed(want, "errorString"), "}") + `,"stackTrace":[«.*»]}`
			if r.status != 200 || r.errType != unhandled || !matches(want, r.body) {
				t.Errorf("status %d, error type %s, body\n%s, want\n%s", r.status, r.errType, r.body, want)
			}
			if !strings.Contains(r.log, "FC Initialize End RequestId: "+r.id+", Error: Unhandled function error\n") || strings.Contains(r.log, "FC Invoke Start") {
				t.Errorf("log\n%s", r.log)
			}
		})
	}
	t.Run("end of life", func(t *testing.T) {
		if r := h.invoke(t, "all-hooks", ""); r.body != `"initialized;"` {
			t.Errorf("body %s", r.body)
		}
		h.lines.Take()
		h.unload(t, "all-hooks")
		got := strings.Join(h.lines.Take(), "\n")
		const id = `«1-[0-9a-f]{8}-[0-9a-f]{24}»`
		want := "FC PreFreeze Start RequestId: " + id + "\nfreezing as " + id + "\nFC PreFreeze End RequestId: " + id +
			"\nFC PreStop Start RequestId: " + id + "\nstopping as " + id + "\nFC PreStop End RequestId: " + id
		if !matches(want, got) {
			t.Errorf("log\n%s, want\n%s", got, want)
		}
		h.invoke(t, "bad-stop", "")
		h.lines.Take()
		h.unload(t, "bad-stop")
		if got := strings.Join(h.lines.Take(), "\n"); !strings.Contains(got, `"errorMessage": "while stopping"`) || !strings.Contains(got, "FC PreStop End") {
			t.Errorf("log of a failing hook\n%s", got)
		}
	})
}
