//go:build !race

package front

import (
	"cmp"
	"strings"
	"testing"
)

// TestAllocations counts what each kind of request allocates, exactly: more is a
// regression, and less makes the list in RATIONALE.md wrong.
//
// See RATIONALE.md#what-does-the-front-allocate-per-request
func TestAllocations(t *testing.T) {
	const (
		every    = 4 // the URI, the request id, the context and its cancel function
		perHTTP  = 1 // the text of host, client and headers
		pull     = 6 // of iter.Pull, the coroutine
		function = 1 // the fake's result, which is none of the front's
		record   = 1 // the text of host and client, which an HTTP request has already
	)
	recording := func(c *Config) { c.Record = func(*Record) {} }
	events := func(c *Config) { c.Functions = one(&fake{event: true, http: noop().http}) }
	for name, c := range map[string]struct {
		uri     string
		changes []func(*Config)
		want    float64
	}{
		"event":                         {invoke3, nil, every},
		"event of 2.0":                  {invoke2, nil, every},
		"event, recorded":               {invoke3, []func(*Config){recording}, every + record},
		"HTTP":                          {"/path?a=b", nil, every + perHTTP + pull + function},
		"HTTP, recorded":                {"/path?a=b", []func(*Config){recording}, every + perHTTP + pull + function},
		"HTTP, proxy path":              {"/2016-08-15/proxy/svc/f/path", nil, every + perHTTP + pull + function},
		"HTTP, subdomain":               {"f.localhost/path?a=b", nil, every + perHTTP + pull + function},
		"HTTP, event handler":           {"/path?a=b", []func(*Config){events}, every + perHTTP + function},
		"HTTP, event handler, recorded": {"/path?a=b", []func(*Config){events, recording}, every + perHTTP + function},
	} {
		host, uri, _ := strings.Cut(c.uri, "/")
		s, rc := handlerOnly(t, cmp.Or(host, "f.example.com"), "/"+uri, c.changes...)
		got := testing.AllocsPerRun(1000, func() {
			rc.Response.Reset()
			s.handle(rc)
		})
		if rc.Response.StatusCode() != 200 {
			t.Errorf("%s: status %d, body %s", name, rc.Response.StatusCode(), rc.Response.Body())
		}
		if got != c.want {
			t.Errorf("%s: %v allocations, want %v", name, got, c.want)
		}
	}
}
