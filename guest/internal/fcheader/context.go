//go:build !wasip1

// Package fcheader reads what the platform says about an invocation in the
// x-fc-* headers of its APIs for processes.
package fcheader

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"sort"
	"strconv"

	"github.com/wafer-run/wafer/abi"
)

// Names of headers that say how to call, and not only with what.
const (
	RequestID    = "X-Fc-Request-Id"
	FunctionType = "X-Fc-Function-Type"
	HTTPParams   = "X-Fc-Http-Params"
)

// Header names that can be wrong.
const (
	deadline   = "X-Fc-Function-Deadline"
	timeout    = "X-Fc-Function-Timeout"
	memory     = "X-Fc-Function-Memory"
	retryCount = "X-Fc-Retry-Count"
	baggages   = "X-Fc-Tracing-Opentracing-Span-Baggages"
)

// Error says which header cannot be read.
type Error struct {
	Header string // canonical name
	Value  string
	Err    error
}

// Error returns the text of the FC Go SDK, with the reason behind it.
func (e *Error) Error() string {
	return fmt.Sprintf("failed to parse contents of header: %s: %q: %v", lower(e.Header), e.Value, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Context reads the context of one invocation. What is missing stays zero: the
// FC Go SDK insists on deadline and timeout, for no use that a function makes of
// them. A memory size that is no number is left out, as it decides nothing.
//
// # Errors
//
// An [*Error] for the first of deadline, timeout, retry count and span baggages
// that is there and cannot be read. The rest of the context is complete then.
func Context(h http.Header) (abi.Context, error) {
	c := abi.Context{
		RequestID:       h.Get(RequestID),
		FunctionName:    h.Get("X-Fc-Function-Name"),
		FunctionHandler: h.Get("X-Fc-Function-Handler"),
		ServiceName:     h.Get("X-Fc-Service-Name"),
		LogProject:      h.Get("X-Fc-Service-Logproject"),
		LogStore:        h.Get("X-Fc-Service-Logstore"),
		Qualifier:       h.Get("X-Fc-Qualifier"),
		VersionID:       h.Get("X-Fc-Version-Id"),
		Region:          h.Get("X-Fc-Region"),
		AccountID:       h.Get("X-Fc-Account-Id"),
		AccessKeyID:     h.Get("X-Fc-Access-Key-Id"),
		AccessKeySecret: h.Get("X-Fc-Access-Key-Secret"),
		SecurityToken:   h.Get("X-Fc-Security-Token"),
		SpanContext:     h.Get("X-Fc-Tracing-Opentracing-Span-Context"),
		JaegerEndpoint:  h.Get("X-Fc-Tracing-Jaeger-Endpoint"),
	}
	if n, err := strconv.ParseUint(h.Get(memory), 10, 32); err == nil {
		c.Memory = uint32(n)
	}
	var first error
	number := func(header string, most uint64) uint64 {
		value := h.Get(header)
		if value == "" {
			return 0
		}
		n, err := strconv.ParseUint(value, 10, 63)
		if err == nil && n > most {
			err = strconv.ErrRange
		}
		if err != nil {
			if first == nil {
				first = &Error{header, value, reason(err)}
			}
			return 0
		}
		return n
	}
	c.Deadline = int64(number(deadline, math.MaxInt64))
	c.Timeout = uint32(number(timeout, math.MaxUint32/1000)) * 1000
	c.RetryCount = uint32(number(retryCount, math.MaxUint32))
	pairs, err := spanBaggages(h.Get(baggages))
	if err != nil && first == nil {
		first = &Error{baggages, h.Get(baggages), err}
	}
	c.SpanBaggages = pairs
	return c, first
}

// spanBaggages decodes base64 of a JSON object of strings, ordered by key.
func spanBaggages(text string) ([]abi.Pair, error) {
	if text == "" {
		return nil, nil
	}
	doc, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var object map[string]string
	if err := json.Unmarshal(doc, &object); err != nil {
		return nil, err
	}
	pairs := make([]abi.Pair, 0, len(object))
	for key, value := range object {
		pairs = append(pairs, abi.Pair{Key: key, Value: value})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].Key < pairs[j].Key })
	return pairs, nil
}

// reason is an error of package strconv without the function's name.
func reason(err error) error {
	if e, ok := err.(*strconv.NumError); ok { //nolint:errorlint // strconv returns it as it is
		return e.Err
	}
	return err
}

// lower is the header's name as the platform writes it.
func lower(header string) string {
	b := []byte(header)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
