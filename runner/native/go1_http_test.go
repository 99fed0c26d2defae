package native_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// TestTriggerEvent checks a handler that takes events over HTTP.
func TestTriggerEvent(t *testing.T) {
	for _, form := range []native.Form{native.FormAuto, native.FormEvent} {
		t.Run(form.String(), func(t *testing.T) {
			r := newRig(t)
			p := pull()
			p.Form = form
			f := r.load(config(), p)
			w, _ := do(t, f, request("GET", "/a%20b?q=1", "", "Accept", "x"))
			if w.status != 201 || !w.has("X-Path: /a%20b") || w.size != int64(w.body.Len()) {
				t.Errorf("answer %v", w)
			}
			var ev struct {
				QueryParameters, Headers map[string]string
				RequestContext           struct{ DomainName, RequestID string }
			}
			if err := json.Unmarshal([]byte(w.body.String()), &ev); err != nil || ev.QueryParameters["q"] != "1" ||
				ev.Headers["Accept"] != "x" || ev.RequestContext.DomainName != "example.com" || ev.RequestContext.RequestID == "" {
				t.Errorf("event %s", w.body.String())
			}
			if f.HandlesHTTP() {
				t.Errorf("turned to parameters")
			}
			_, err := f.InvokeHTTP(context.Background(), request("POST", "/", "too much"), &recorder{})
			if err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestHTTPParams checks a handler of fc.StartHttp, told or found out.
func TestHTTPParams(t *testing.T) {
	for _, form := range []native.Form{native.FormAuto, native.FormParams} {
		t.Run(form.String(), func(t *testing.T) {
			r := newRig(t)
			p := pull()
			p.Form = form
			f := r.load(config("HANDLER", "http"), p)
			if f.HandlesHTTP() != (form == native.FormParams) {
				t.Errorf("handles HTTP at first: %v", f.HandlesHTTP())
			}
			for i := range 2 {
				w, res := do(t, f, request("PUT", "/2016-08-15/proxy/s/f/x?q=1", "the body", "X-Own", "a", "X-Own", "b"))
				if w.status != 203 || w.body.String() != "1|[a b]|the body" {
					t.Errorf("answer %v", w)
				}
				want := []string{"Set-Cookie: a=1", "Set-Cookie: b=2", "X-Seen: PUT /2016-08-15/proxy/s/f/x?q=1 192.0.2.1"}
				if d := cmp.Diff(want, w.headers); d != "" {
					t.Errorf("headers (-want +got):\n%s", d)
				}
				want = []string{"FC Invoke Start RequestId: " + res.RequestID, "FC Invoke End RequestId: " + res.RequestID}
				if d := cmp.Diff(want, strings.Split(strings.TrimSpace(string(res.Log)), "\n")); d != "" {
					t.Errorf("log of request %d (-want +got):\n%s", i, d)
				}
			}
			if !f.HandlesHTTP() {
				t.Errorf("has not turned to parameters")
			}
			if n := r.logged("no httpParams found in request"); n > 1 {
				t.Errorf("tried %d times in vain", n)
			}
			w, _ := do(t, f, request("GET", "/silent", ""))
			if w.status != 200 || w.body.Len() != 0 {
				t.Errorf("a handler that writes nothing answers %v", w)
			}
			var failed *runner.InvokeError
			w = &recorder{}
			_, err := f.InvokeHTTP(context.Background(), request("GET", "/fail", ""), w)
			if !errors.As(err, &failed) || failed.Message != "no page" || w.heads != 0 {
				t.Errorf("error %v, %d heads", err, w.heads)
			}
			_, err = f.Invoke(context.Background(), runner.Event{})
			if !errors.As(err, &failed) || failed.Message != "no httpParams found in request" {
				t.Errorf("an event gives %v", err)
			}
			if s := f.Stats(); s.Created != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestFormEventIsKept checks that who says event means it.
func TestFormEventIsKept(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.Form = native.FormEvent
	f := r.load(config("HANDLER", "http"), p)
	_, err := f.InvokeHTTP(context.Background(), request("GET", "/", ""), &recorder{})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Message != "no httpParams found in request" || f.HandlesHTTP() {
		t.Errorf("error %v, handles HTTP %v", err, f.HandlesHTTP())
	}
}

// TestParamsToAnEventHandler checks that a handler that knows nothing of HTTP
// parameters is told so.
func TestParamsToAnEventHandler(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.Form = native.FormParams
	f := r.load(config(), p)
	_, err := f.InvokeHTTP(context.Background(), request("GET", "/", "{}"), &recorder{})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.BadResponse || !strings.Contains(failed.Message, "does not handle HTTP") {
		t.Errorf("error %v", err)
	}
}

// TestLimitsOfInput checks that what is too large never reaches a process.
func TestLimitsOfInput(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithMaxEvent(10), pull())
	var limit *runner.LimitError
	_, err := f.Invoke(context.Background(), runner.Event{Payload: make([]byte, 11)})
	if !errors.As(err, &limit) || *limit != (runner.LimitError{What: "event", Configured: 10, Observed: 11}) {
		t.Errorf("error %v", err)
	}
	_, err = f.InvokeHTTP(context.Background(), request("POST", "/", strings.Repeat("x", 12)), &recorder{})
	if !errors.As(err, &limit) || *limit != (runner.LimitError{What: "request body", Configured: 10, Observed: 12}) {
		t.Errorf("error %v", err)
	}
	if s := f.Stats(); s.Created != 0 {
		t.Errorf("%+v", s)
	}
}
