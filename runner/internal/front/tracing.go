package front

import (
	"bytes"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// tracing is what the caller says of the trace that the invocation belongs to:
//
//	X-Fc-Tracing-Opentracing-Span-Context: {context}
//	X-Fc-Tracing-Opentracing-Span-Context-Baggage-{key}: {value}
//
// Keys of baggage are in lower case, as the names of headers know no case. Of
// what is there twice the last value counts, as in the function's context.
func (x *exchange) tracing() (t runner.Tracing) {
	for name, value := range sent(x.rc.Request.Header.RawHeaders()) {
		if string(name) == hSpanContext {
			t.SpanContext = string(value)
		}
		key, ok := bytes.CutPrefix(name, spanBaggage)
		if !ok || len(key) == 0 {
			continue
		}
		if t.SpanBaggages == nil {
			t.SpanBaggages = map[string]string{}
		}
		t.SpanBaggages[strings.ToLower(string(key))] = string(value)
	}
	return t
}

var spanBaggage = []byte(hSpanBaggage)
