package front

import (
	"strings"
	"testing"
)

func TestTriggerRestrictions(t *testing.T) {
	domain := mustDomain(t, "shop.example.com", HTTPOnly,
		Route{Path: "/open/*", Function: "f"}, Route{Path: "/post", Function: "f", Methods: []string{"POST"}})
	const (
		proxy  = "/2016-08-15/proxy/svc/f/"
		closed = `"access denied due to function internet URL is disable"`
		none   = `function 'f' has no HTTP trigger"`
	)
	method := func(m, allowed string) string {
		return `"method '` + m + `' is not one of the HTTP trigger's: ` + allowed + `"`
	}
	read := &Trigger{Methods: []string{"GET", "HEAD"}}
	shut := &Trigger{Methods: []string{"GET"}, DisableURLInternet: true}
	all := &Trigger{Methods: triggerMethods[:]}
	const every = "GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS"
	for _, c := range []struct {
		trigger           *Trigger
		host, method, uri string
		status            int
		want              string
	}{
		{nil, "localhost", "OPTIONS", proxy, 200, ""},
		{nil, "localhost", "BREW", proxy, 403, method("BREW", every)},
		{all, "localhost", "OPTIONS", proxy, 200, ""},
		{all, "localhost", "CONNECT", proxy, 403, method("CONNECT", every)},
		{read, "localhost", "GET", proxy, 200, ""},
		{read, "localhost", "HEAD", proxy, 200, ""},
		{read, "localhost", "POST", proxy, 403, `"ErrorCode":"AccessDenied","ErrorMessage":` + method("POST", "GET, HEAD")},
		{read, "localhost", "OPTIONS", proxy, 403, method("OPTIONS", "GET, HEAD")},
		{read, "f.localhost", "PUT", "/", 403, `"Code":"AccessDenied","Message":` + method("PUT", "GET, HEAD")},
		{read, "f.svc.localhost", "GET", "/", 200, ""},
		{read, "shop.example.com", "DELETE", "/open/", 403, method("DELETE", "GET, HEAD")},
		{read, "shop.example.com", "POST", "/post", 200, ""},
		{read, "shop.example.com", "GET", "/post", 403, method("GET", "POST")},
		{read, "localhost", "POST", invoke3, 200, ""},
		{shut, "localhost", "GET", proxy, 403, `"AccessDenied","ErrorMessage":` + closed},
		{shut, "f.localhost", "GET", "/", 403, `"AccessDenied","Message":` + closed},
		{shut, "shop.example.com", "GET", "/open/", 200, ""},
		{shut, "localhost", "POST", invoke2, 200, ""},
		{&Trigger{}, "localhost", "GET", proxy, 404, `"TriggerNotFound","ErrorMessage":"` + none},
		{&Trigger{}, "f.localhost", "GET", "/", 404, `"TriggerNotFound","Message":"` + none},
		{&Trigger{}, "shop.example.com", "GET", "/open/", 200, ""},
		{&Trigger{}, "localhost", "POST", invoke3, 200, ""},
	} {
		t.Run(c.method+" "+c.host+c.uri, func(t *testing.T) {
			d := one(echo())
			d.only, d.target.Trigger = nil, c.trigger
			addr, _ := serve(t, d, func(cfg *Config) { cfg.Domains = domains{"shop.example.com": domain} })
			r := from(t, addr, c.host, c.method, c.uri, "Content-Length", "0")
			if r.StatusCode != c.status || !strings.Contains(r.body, c.want) {
				t.Errorf("status %d, body %s; want %d, %s", r.StatusCode, r.body, c.status, c.want)
			}
			if got := r.Header.Get(hErrorType); c.status != 200 && got != typeCommon {
				t.Errorf("error type %q", got)
			}
		})
	}
	if err := read.Validate(); err != nil {
		t.Error(err)
	}
	err := Trigger{Methods: []string{"GET", "TRACE"}}.Validate()
	if err == nil || err.Error() != `front: the trigger has the method "TRACE", want those of `+every {
		t.Errorf("error %v", err)
	}
}

// TestEventFunctionsOf2 is about functions of FC 2.0 that are no HTTP functions.
func TestEventFunctionsOf2(t *testing.T) {
	f := echo()
	f.event = true
	addr, _ := serve(t, one(f))
	for _, c := range []struct {
		host, uri string
		status    int
	}{
		{"localhost", "/2016-08-15/proxy/svc/f/", 502}, {"f.svc.localhost", "/", 502}, {"f.localhost", "/", 200},
	} {
		r := from(t, addr, c.host, "GET", c.uri)
		if r.StatusCode != c.status || c.status == 502 && (r.Header.Get(hErrorType) != typeUnhandled || !strings.Contains(r.body, `{"errorMessage":"the function is no HTTP function: `)) {
			t.Errorf("%s%s: status %d, error type %q, body %s", c.host, c.uri, r.StatusCode, r.Header.Get(hErrorType), r.body)
		}
	}
}

func TestAttachment(t *testing.T) {
	domain := mustDomain(t, "shop.example.com", HTTPOnly, Route{Path: "/*", Function: "f"})
	for _, c := range []struct {
		on                   bool
		host, uri, set, want string
	}{
		{false, "localhost", "/2016-08-15/proxy/svc/f/", "inline", "inline"},
		{false, "localhost", "/2016-08-15/proxy/svc/f/", "", ""},
		{true, "localhost", "/2016-08-15/proxy/svc/f/", "", "attachment"},
		{true, "localhost", "/2016-08-15/proxy/svc/f/", "inline", "attachment"},
		{true, "localhost", "/2016-08-15/proxy/svc/f/", "Attachment; filename=a", "Attachment; filename=a"},
		{true, "f.localhost", "/", "", "attachment"},
		{true, "shop.example.com", "/", "", ""},
		{true, "shop.example.com", "/", "inline", "inline"},
		{true, "elsewhere", "/", "", ""},
	} {
		f := echo()
		if c.set != "" {
			f.http = answering(200, "x", hDisposition, c.set)
		}
		addr, _ := serve(t, one(f), func(cfg *Config) {
			cfg.Attachment, cfg.Domains = c.on, domains{"shop.example.com": domain}
		})
		if got := from(t, addr, c.host, "GET", c.uri).Header.Get(hDisposition); got != c.want {
			t.Errorf("attachment %v, %s%s, set %q: %q, want %q", c.on, c.host, c.uri, c.set, got, c.want)
		}
	}
}

// TestAsyncIsNeverSync is about requests for what is not there, by any path.
func TestAsyncIsNeverSync(t *testing.T) {
	domain := mustDomain(t, "shop.example.com", HTTPOnly, Route{Path: "/*", Function: "f"})
	addr, _ := serve(t, one(echo()), func(c *Config) { c.Domains = domains{"shop.example.com": domain} })
	const async, other = "X-Fc-Invocation-Type is 'Async': asynchronous invocations are not supported", "X-Fc-Invocation-Type is 'Event', want Sync"
	for _, c := range []struct{ host, uri string }{
		{"localhost", invoke3}, {"localhost", invoke2}, {"localhost", "/2016-08-15/proxy/svc/f/"},
		{"f.localhost", "/"}, {"f.svc.localhost", "/"}, {"shop.example.com", "/"}, {"localhost", "/"},
	} {
		for _, h := range []struct {
			headers []string
			status  int
			want    string
		}{
			{[]string{"X-Fc-Invocation-Type", "Async"}, 400, async},
			{[]string{"x-fc-invocation-type", "aSYNC"}, 400, async},
			{[]string{hType, "Sync", hType, "Async"}, 400, async},
			{[]string{hType, "Event"}, 400, other},
			{[]string{hType, "sync"}, 200, ""},
			{[]string{hType, ""}, 200, ""},
		} {
			r := from(t, addr, c.host, "POST", c.uri, append(h.headers, "Content-Length", "0")...)
			if r.StatusCode != h.status || !strings.Contains(r.body, h.want) {
				t.Errorf("%s%s %q: status %d, body %s; want %d, %s", c.host, c.uri, h.headers, r.StatusCode, r.body, h.status, h.want)
			}
		}
	}
}
