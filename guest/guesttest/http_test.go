package guesttest

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
)

func httpRequest(path string) []byte {
	q := abi.Request{
		Context: abi.Context{RequestID: "r-1"},
		HTTP: abi.HTTPRequest{
			Method: "POST", RequestURI: path + "?q=1%202", Path: path, ClientIP: "10.0.0.1",
			Host: "example.org", Protocol: "HTTP/2.0",
			Headers: []abi.Pair{{Key: "A", Value: "1"}, {Key: "lower", Value: "x"}, {Key: "A", Value: "2"}},
		},
		Body: []byte("the body"),
	}
	return q.AppendTo(nil)
}

func TestHTTP(t *testing.T) {
	h := booted(t, "http")
	today := abi.Pair{Key: "Date", Value: "today"}
	for _, tc := range []struct {
		path string
		want answer
	}{
		{"/echo", answer{
			Head: &abi.HTTPHead{Status: 418, Headers: []abi.Pair{today, {Key: "X-Query", Value: "1 2"}}, BodySize: 136},
			Body: [][]byte{[]byte(`{"body":"the body","header":{"A":["1","2"],"lower":["x"]},` +
				`"host":"10.0.0.1","method":"POST","remote":"10.0.0.1","uri":"/echo?q=1%202"}` + "\n")},
		}},
		{"/error", failed("it failed", "errorString")},
		{"/stream", answer{
			Head: &abi.HTTPHead{Status: 200, Headers: []abi.Pair{today}},
			Body: [][]byte{[]byte("0"), []byte("1"), []byte("2")},
		}},
		{"/nothing", answer{Head: &abi.HTTPHead{BodySize: 1}}},
	} {
		t.Run(tc.path, func(t *testing.T) {
			got := h.must(abi.KindHTTP, httpRequest(tc.path))
			fixDate(t, got.Head)
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(abi.Error{}, "Stack"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// fixDate replaces a date of the right form.
func fixDate(t *testing.T, head *abi.HTTPHead) {
	t.Helper()
	date := regexp.MustCompile(`^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$`)
	if head == nil {
		return
	}
	for i, p := range head.Headers {
		if p.Key == "Date" && date.MatchString(p.Value) {
			head.Headers[i].Value = "today"
		}
	}
}

func TestEventForAnHTTPFunction(t *testing.T) {
	h := booted(t, "http")
	want := failed("no httpParams found in request", "errorString")
	if diff := cmp.Diff(want, h.event(`{}`)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}
