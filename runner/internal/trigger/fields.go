package trigger

import (
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/jsontext"
)

// headerFields returns the headers with Title-Case keys, sorted by key; values
// of one key keep their order.
func headerFields(headers []abi.Pair) []abi.Pair {
	fields := make([]abi.Pair, len(headers))
	for i, h := range headers {
		fields[i] = abi.Pair{Key: textproto.CanonicalMIMEHeaderKey(h.Key), Value: h.Value}
	}
	return sorted(fields)
}

// queryFields splits a query into decoded pairs, sorted by key. What cannot be
// decoded is passed on as it was sent: a gateway that dropped it would hide the
// mistake from the function.
func queryFields(query string) []abi.Pair {
	if query == "" {
		return nil
	}
	fields := make([]abi.Pair, 0, 1+strings.Count(query, "&"))
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		fields = append(fields, abi.Pair{Key: unescape(key), Value: unescape(value)})
	}
	return sorted(fields)
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

func sorted(fields []abi.Pair) []abi.Pair {
	slices.SortStableFunc(fields, func(a, b abi.Pair) int { return strings.Compare(a.Key, b.Key) })
	return fields
}

// first returns the first value of key in sorted fields.
func first(fields []abi.Pair, key string) string {
	i, ok := slices.BinarySearchFunc(fields, key, func(p abi.Pair, k string) int { return strings.Compare(p.Key, k) })
	if !ok {
		return ""
	}
	return fields[i].Value
}

// appendObject appends sorted fields as an object of strings.
func appendObject(b []byte, fields []abi.Pair) []byte {
	b = append(b, '{')
	for i := 0; i < len(fields); {
		if i > 0 {
			b = append(b, ',')
		}
		key := fields[i].Key
		b = jsontext.AppendString(b, key)
		b = append(b, ':', '"')
		for n := 0; i < len(fields) && fields[i].Key == key; i, n = i+1, n+1 {
			if n > 0 {
				b = append(b, ',')
			}
			b = jsontext.AppendText(b, fields[i].Value)
		}
		b = append(b, '"')
	}
	return append(b, '}')
}
