//go:build !wasip1

package fcheader

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
)

func TestContext(t *testing.T) {
	for _, tc := range []struct {
		name   string
		header http.Header
		want   abi.Context
		err    string
	}{
		{"nothing", nil, abi.Context{}, ""},
		{"numbers", http.Header{deadline: {"1700000000123"}, timeout: {"60"}, memory: {"128"}, retryCount: {"2"}},
			abi.Context{Deadline: 1700000000123, Timeout: 60000, Memory: 128, RetryCount: 2}, ""},
		{"memory that is no number", http.Header{memory: {"128MB"}}, abi.Context{}, ""},
		{"negative deadline", http.Header{deadline: {"-1"}, RequestID: {"r"}}, abi.Context{RequestID: "r"},
			`failed to parse contents of header: x-fc-function-deadline: "-1": invalid syntax`},
		{"longest timeout", http.Header{timeout: {"4294967"}}, abi.Context{Timeout: 4294967000}, ""},
		{"longer timeout", http.Header{timeout: {"4294968"}}, abi.Context{},
			`failed to parse contents of header: x-fc-function-timeout: "4294968": value out of range`},
		{"first error counts, the rest is read", http.Header{timeout: {"x"}, retryCount: {"y"}, deadline: {"5"}},
			abi.Context{Deadline: 5}, `failed to parse contents of header: x-fc-function-timeout: "x": invalid syntax`},
		{"baggages", http.Header{baggages: {"eyJiIjoiMiIsImEiOiIxIn0="}},
			abi.Context{SpanBaggages: []abi.Pair{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}}, ""},
		{"baggages that are no base64", http.Header{baggages: {"!"}}, abi.Context{},
			`failed to parse contents of header: x-fc-tracing-opentracing-span-baggages: "!": illegal base64 data at input byte 0`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Context(tc.header)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("context (-want +got):\n%s", diff)
			}
			if (err == nil) != (tc.err == "") || err != nil && err.Error() != tc.err {
				t.Errorf("error %v, want %q", err, tc.err)
			}
		})
	}
}

// FuzzContext checks that each number is either read or reported.
func FuzzContext(f *testing.F) {
	f.Add("1700000000123", "60", "2", "eyJhIjoiMSJ9")
	f.Add("", "", "", "")
	f.Add("-1", "99999999999999999999", "one", "eA==")
	f.Fuzz(func(t *testing.T, d, s, r, b string) {
		got, err := Context(http.Header{deadline: {d}, timeout: {s}, retryCount: {r}, baggages: {b}})
		var bad *Error
		if err != nil && (!errors.As(err, &bad) || bad.Header == "" || bad.Unwrap() == nil) {
			t.Fatalf("error %#v", err)
		}
		if got.Deadline < 0 || got.Timeout%1000 != 0 {
			t.Errorf("context %+v", got)
		}
	})
}
