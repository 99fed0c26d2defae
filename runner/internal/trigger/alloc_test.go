//go:build !race

package trigger_test

import (
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/trigger"
)

// TestAllocations counts what translating costs, exactly.
func TestAllocations(t *testing.T) {
	plain := trigger.Request{
		Method: "POST", URI: "/path", Path: "/path", Host: "f.localhost:9000", ClientIP: "127.0.0.1", Protocol: "HTTP/1.1", RequestID: "1-64f6cd87-0123456789abcdef01234567",
		Headers: []abi.Pair{{Key: "Host", Value: "f.localhost:9000"}, {Key: "User-Agent", Value: "curl/8.5.0"}, {Key: "Accept", Value: "*/*"}, {Key: "Content-Type", Value: "application/json"}},
		Body:    []byte(`{"key":"value"}`),
	}
	query := plain
	query.URI += "?a=b&c=d"
	bare, binary := plain, plain
	bare.Host = "f.localhost"
	binary.Headers, binary.Body = plain.Headers[:3], make([]byte, 100_000)
	for name, c := range map[string]struct {
		f    func()
		want float64
	}{
		"event":              {func() { plain.AppendEvent(nil) }, 2}, // the event, a list of headers
		"event of a host":    {func() { bare.AppendEvent(nil) }, 2},
		"event with a query": {func() { query.AppendEvent(nil) }, 3}, // and one of the query
		"event, binary":      {func() { binary.AppendEvent(nil) }, 2},
	} {
		if got := testing.AllocsPerRun(1000, c.f); got != c.want {
			t.Errorf("%s: %v allocations, want %v", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		result string
		want   float64
	}{
		"response": {`{"statusCode":200,"headers":{"Content-Type":"text/plain"},"isBase64Encoded":false,"body":"hello"}`, 3}, // a list of headers, a name, a value
		"escaped":  {`{"statusCode":200,"body":"{\"a\":1}"}`, 5},                                                             // all of it encoding/json, which undoes escapes
		"bare":     {`{"statusCode":200,"body":"hello"}`, 0},
		"base64":   {`{"statusCode":200,"isBase64Encoded":true,"body":"aGVsbG8="}`, 1},
		"JSON":     {`{"a":1}`, 1},
		"text":     {`hello`, 5},
	} {
		payload := []byte(c.result)
		got := testing.AllocsPerRun(1000, func() {
			if _, err := trigger.ParseResult(payload); err != nil {
				t.Error(err)
			}
		})
		if got != c.want {
			t.Errorf("%s: %v allocations, want %v", name, got, c.want)
		}
	}
}
