package fccontext

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/wafer-run/wafer/abi"
)

// Call is what differs from one invocation to the next, request id and control
// path aside. Empty fields are left out.
type Call struct {
	AccessKeyID, AccessKeySecret, SecurityToken string
	RetryCount                                  int
	SpanContext, JaegerEndpoint                 string
	SpanBaggages                                map[string]string
}

// AppendHeaders appends the headers of a request, in FC's spelling.
func (c *Call) AppendHeaders(list []abi.Pair) []abi.Pair {
	add := func(key, value string) {
		if value != "" {
			list = append(list, abi.Pair{Key: key, Value: value})
		}
	}
	add("x-fc-access-key-id", c.AccessKeyID)
	add("x-fc-access-key-secret", c.AccessKeySecret)
	add("x-fc-security-token", c.SecurityToken)
	if c.RetryCount != 0 {
		add("x-fc-retry-count", strconv.Itoa(c.RetryCount))
	}
	add("x-fc-tracing-opentracing-span-context", c.SpanContext)
	add("x-fc-tracing-jaeger-endpoint", c.JaegerEndpoint)
	if len(c.SpanBaggages) > 0 {
		if doc, err := json.Marshal(c.SpanBaggages); err == nil { // a map of strings always encodes
			add("x-fc-tracing-opentracing-span-baggages", base64.StdEncoding.EncodeToString(doc))
		}
	}
	return list
}
