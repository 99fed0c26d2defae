package native

import (
	"runtime"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// TestLongStack reads a failure with more frames than anybody looks at: they must
// not take many times the memory that they came in.
func TestLongStack(t *testing.T) {
	body := []byte(`{"errorMessage":"m","errorType":"t","stackTrace":[` + strings.Repeat("{},", 1<<20) + `null]}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e := parseFailure(body)
	runtime.ReadMemStats(&after)
	if e.Message != "m" || e.Type != "t" || len(e.Stack) != abi.MaxStack {
		t.Errorf("message %q, type %q, %d frames", e.Message, e.Type, len(e.Stack))
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(body)) {
		t.Errorf("reading %d bytes took %d", len(body), n)
	}
	for body, want := range map[string]int{`{"stackTrace":[{"path":"p","line":1,"label":"l"},null]}`: 2, `{"stackTrace":[]}`: 0} {
		if e := parseFailure([]byte(body)); e.Message != "" || len(e.Stack) != want {
			t.Errorf("%s: %+v", body, e)
		}
	}
	for _, body := range []string{`{"stackTrace":{}}`, `{"stackTrace":[1]}`, `{"stackTrace":null}`} {
		if e := parseFailure([]byte(body)); e.Message != body {
			t.Errorf("%s: %+v", body, e)
		}
	}
}
