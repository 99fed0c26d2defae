package native

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// headersOf lists the headers of an answer, sorted by key.
func headersOf(resp *http.Response) []runner.Header {
	list := make([]runner.Header, 0, len(resp.Header))
	for key, values := range resp.Header {
		for _, v := range values {
			list = append(list, runner.Header{Key: key, Value: v})
		}
	}
	slices.SortStableFunc(list, func(a, b runner.Header) int { return strings.Compare(a.Key, b.Key) })
	return list
}
