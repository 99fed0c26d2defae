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
		every   = 4 // the URI, the request id, the context and its cancel function
		perHTTP = 1 // the text of host, client and headers
		host    = 1 // the host, where it may be that of a function or a domain
		record  = 1 // the text of host and client, which an HTTP request has already
	)
	recording := func(c *Config) { c.Record = func(*Record) {} }
	events := func(c *Config) {
		f := noop()
		f.event = true
		c.Functions = one(f)
	}
	shop := mustDomain(t, "shop.example.com", HTTPAndHTTPS, Route{Path: "/*", Function: "hello"})
	town := func(c *Config) {
		c.Functions, c.Domains = directory{functions: map[string]Function{"/hello": noop()}}, domains{"shop.example.com": shop}
	}
	for name, c := range map[string]struct {
		uri     string
		changes []func(*Config)
		want    float64
	}{
		"event":                         {invoke3, nil, every},
		"event of 2.0":                  {invoke2, nil, every},
		"event, beside domains":         {"/2023-03-30/functions/hello/invocations", []func(*Config){town}, every + host},
		"event, recorded":               {invoke3, []func(*Config){recording}, every + record},
		"HTTP":                          {"/path?a=b", nil, every + perHTTP},
		"HTTP, recorded":                {"/path?a=b", []func(*Config){recording}, every + perHTTP},
		"HTTP, proxy path":              {"/2016-08-15/proxy/svc/f/path", nil, every + perHTTP},
		"HTTP, subdomain":               {"hello.localhost/path?a=b", []func(*Config){town}, every + perHTTP + host},
		"HTTP, custom domain":           {"shop.example.com/path?a=b", []func(*Config){town}, every + perHTTP + host},
		"HTTP, event handler":           {"/path?a=b", []func(*Config){events}, every + perHTTP},
		"HTTP, event handler, recorded": {"/path?a=b", []func(*Config){events, recording}, every + perHTTP},
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
