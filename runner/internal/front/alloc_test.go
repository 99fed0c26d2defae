//go:build !race

package front

import "testing"

// What a plain invocation allocates: the URI, the request id, and a context
// with its cancel function. Over HTTP the request's text, its headers' keys and
// the coroutine come on top.
func TestAllocations(t *testing.T) {
	for uri, most := range map[string]float64{invoke3: 4, "/path?a=b": 15} {
		s, rc := handlerOnly(t, uri)
		got := testing.AllocsPerRun(1000, func() {
			rc.Response.Reset()
			s.handle(rc)
		})
		if got > most {
			t.Errorf("%s: %v allocations, want at most %v", uri, got, most)
		}
	}
}
