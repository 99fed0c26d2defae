package conformance

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// How request ids look in each generation.
var (
	id2 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	id3 = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)
)

func (r *Row) run(t *testing.T, s *Subject, srv *server, two bool) {
	t.Helper()
	send := r.send
	if r.Hold {
		send = r.sendHeld
	}
	a := send(t, s, srv, two)
	id := a.Header.Get("X-Fc-Request-Id")
	if format := map[bool]*regexp.Regexp{true: id2, false: id3}[two]; !format.MatchString(id) {
		t.Errorf("request id %q, want one of FC %s", id, version(two))
	}
	match := func(what, want, got string) {
		t.Helper()
		if !matches(strings.ReplaceAll(want, "«id»", id), got) {
			t.Errorf("%s\n%s\nwant\n%s\n(source: %s)", what, shortened(got), shortened(want), Sources()[r.Source])
		}
	}
	if want := r.status(); a.StatusCode != want {
		t.Errorf("status %d, want %d; body %s (source: %s)", a.StatusCode, want, shortened(a.body), Sources()[r.Source])
	}
	switch {
	case r.Error != nil:
		match("error", r.Error.body(two), a.body)
	case r.Failure != nil:
		match("failure", r.Failure.body(), a.body)
		match("X-Fc-Error-Type", "UnhandledInvocationError", a.Header.Get("X-Fc-Error-Type"))
		match("Content-Type", "application/json", a.Header.Get("Content-Type"))
	case r.BodySize > 0 && r.Want == "":
		if a.body != strings.Repeat("x", r.BodySize) {
			t.Errorf("the body has %d bytes, want those %d that were sent", len(a.body), r.BodySize)
		}
	default:
		match("body", r.Want, a.body)
	}
	if r.Not != "" && strings.Contains(a.body, r.Not) {
		t.Errorf("the body has %q in it, which it must not: %s (source: %s)", r.Not, shortened(a.body), Sources()[r.Source])
	}
	for name, want := range r.Headers {
		match(name, want, strings.Join(a.Header[http.CanonicalHeaderKey(name)], "|"))
	}
	if r.Streams && len(a.TransferEncoding) == 0 {
		t.Error("the answer has a known length, want a stream")
	}
	if r.Log != "" {
		match("log", r.Log, decoded(t, a))
	}
}

// status is the status that the row wants.
func (r *Row) status() int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Failure != nil && r.Call != Invoke:
		return http.StatusBadGateway
	}
	return http.StatusOK
}

// decoded is the log that came with an answer.
func decoded(t *testing.T, a answer) string {
	t.Helper()
	log, err := base64.StdEncoding.DecodeString(a.Header.Get("X-Fc-Log-Result"))
	if err != nil {
		t.Errorf("X-Fc-Log-Result: %v", err)
	}
	if len(log) > 4<<10 {
		t.Errorf("X-Fc-Log-Result has %d bytes, decoded, want at most 4096", len(log))
	}
	text := strings.ReplaceAll(string(log), "\r\n", "\n")
	if strings.Count(text, "\n") != strings.Count(string(log), "\r\n") {
		t.Errorf("X-Fc-Log-Result has lines that do not end with CRLF: %q", log)
	}
	return text
}

func shortened(s string) string {
	const most = 2000
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
