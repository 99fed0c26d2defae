package trigger_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/trigger"
)

// TestManyHeaders reads a result with many times the headers of an answer: they must
// not take many times the memory of the result.
func TestManyHeaders(t *testing.T) {
	payload := []byte(`{"statusCode":200,"headers":{` + strings.Repeat(`"a":"",`, 1<<20) + `"b":""}}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := trigger.ParseResult(payload)
	runtime.ReadMemStats(&after)
	var bad *trigger.ResultError
	if !errors.As(err, &bad) || bad.Field != "headers" {
		t.Errorf("error %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(payload)) {
		t.Errorf("reading %d bytes took %d", len(payload), n)
	}
}
