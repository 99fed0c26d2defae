package native

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
)

// commonContext is the part of the invocation context that never changes, as
// headers. Both kinds of programs get it.
func commonContext(cfg runner.FunctionConfig, p Program) []abi.Pair {
	project, store := cfg.LogStore()
	var list []abi.Pair
	for _, h := range []abi.Pair{
		{Key: "X-Fc-Function-Name", Value: cfg.Name()},
		{Key: "X-Fc-Function-Handler", Value: cfg.Handler()},
		{Key: "X-Fc-Function-Memory", Value: strconv.Itoa(cfg.Memory())},
		{Key: "X-Fc-Service-Name", Value: cfg.Service()},
		{Key: "X-Fc-Service-Logproject", Value: project},
		{Key: "X-Fc-Service-Logstore", Value: store},
		{Key: "X-Fc-Qualifier", Value: cfg.Qualifier()},
		{Key: "X-Fc-Version-Id", Value: cfg.Version()},
		{Key: "X-Fc-Region", Value: cfg.Region()},
		{Key: "X-Fc-Account-Id", Value: cfg.Account()},
	} {
		if h.Value != "" {
			list = append(list, h)
		}
	}
	if p.Initializer {
		list = append(list, abi.Pair{Key: "X-Fc-Initialization-Timeout", Value: wholeSeconds(cfg.InitializationTimeout())})
	}
	return list
}

// contextOf is the whole context of a call, the request id left out.
func (f *Function) contextOf(c *call) []abi.Pair {
	list := append(make([]abi.Pair, 0, len(f.context)+10), f.context...)
	add := func(key, value string) {
		if value != "" {
			list = append(list, abi.Pair{Key: key, Value: value})
		}
	}
	keys := f.cfg.Credentials()
	if c.ev.Credentials != (runner.Credentials{}) {
		keys = c.ev.Credentials
	}
	add("X-Fc-Access-Key-Id", keys.AccessKeyID)
	add("X-Fc-Access-Key-Secret", keys.AccessKeySecret)
	add("X-Fc-Security-Token", keys.SecurityToken)
	add("X-Fc-Function-Timeout", wholeSeconds(c.timeout))
	if c.ev.RetryCount != 0 {
		add("X-Fc-Retry-Count", strconv.Itoa(c.ev.RetryCount))
	}
	add("X-Fc-Tracing-Opentracing-Span-Context", c.ev.Tracing.SpanContext)
	add("X-Fc-Tracing-Jaeger-Endpoint", c.ev.Tracing.JaegerEndpoint)
	if len(c.ev.Tracing.SpanBaggages) > 0 {
		doc, err := json.Marshal(c.ev.Tracing.SpanBaggages)
		if err == nil { // a map of strings always encodes
			add("X-Fc-Tracing-Opentracing-Span-Baggages", base64.StdEncoding.EncodeToString(doc))
		}
	}
	return list
}
