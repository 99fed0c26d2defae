package trigger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/trigger"
)

func TestParseEvent(t *testing.T) {
	whole := trigger.Request{
		Method: "PUT", URI: "/a%20b?q=1+2&z=%2F", Path: "/a b", Host: "fn.example.com", ClientIP: "10.0.0.1",
		Protocol: "HTTP/2.0", RequestID: "id", AccountID: "1", Body: []byte{0, 1, 255},
		Headers: []abi.Pair{{Key: "Content-Type", Value: "application/octet-stream"}, {Key: "X-A", Value: "1,2"}},
	}
	text := whole
	text.Body, text.URI = []byte("hi"), "/a%20b"
	text.Headers = []abi.Pair{{Key: "Content-Type", Value: "text/plain"}}
	for _, q := range []trigger.Request{whole, text} {
		sent := q
		sent.Time = time.Now()
		got, ok := trigger.ParseEvent(sent.AppendEvent(nil))
		if diff := cmp.Diff(q, got); !ok || diff != "" {
			t.Errorf("%v, (-want +got):\n%s", ok, diff)
		}
	}
	for event, want := range map[string]trigger.Request{
		`{"version":"v1","requestContext":{"http":{"method":"GET"}}}`: {Method: "GET", URI: "/", Path: "/", Protocol: "HTTP/1.1"},
		`{"version":"v1","headers":{"host":"h:80"},"requestContext":{"http":{"method":"GET","path":"/ä"}}}`: {
			Method: "GET", URI: "/%C3%A4", Path: "/ä", Protocol: "HTTP/1.1", Host: "h:80"},
		`{"version":"v1","rawPath":"/%zz","requestContext":{"http":{"method":"GET"}}}`: {Method: "GET", URI: "/%zz", Path: "/%zz", Protocol: "HTTP/1.1"},
	} {
		got, ok := trigger.ParseEvent([]byte(event))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); !ok || diff != "" {
			t.Errorf("%s: %v, (-want +got):\n%s", event, ok, diff)
		}
	}
	for _, event := range []string{
		``, `x`, `null`, `[]`, `"v1"`, `{}`, `{"version":"v1"}`, `{"version":1}`,
		`{"version":"v2","requestContext":{"http":{"method":"GET"}}}`,
		`{"version":"v1","body":"?","isBase64Encoded":true,"requestContext":{"http":{"method":"GET"}}}`,
	} {
		if q, ok := trigger.ParseEvent([]byte(event)); ok {
			t.Errorf("%s is %+v", event, q)
		}
	}
}
