package front

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
)

// domains is a [Domains] over a map.
type domains map[string]*Domain

func (d domains) Domain(host string) (*Domain, bool) {
	found, ok := d[host]
	return found, ok
}

// named is a function that answers with its name and what it sees of the
// request.
func named(name string) *fake {
	return &fake{
		invoke: func(_ context.Context, ev runner.Event) (*runner.Result, error) {
			return &runner.Result{Payload: []byte(name), Usage: usage}, nil
		},
		http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
			base := ""
			for _, h := range req.Headers {
				if h.Key == hBasePath {
					base = " base " + h.Value
				}
			}
			return answerWith(w, 200, name+" "+req.URI+" "+req.Path+base)
		},
	}
}

// town is a directory with a function of each generation.
func town() directory {
	return directory{functions: map[string]Function{
		"/web": named("web"), "/Web2": named("Web2"), "svc/web": named("svc/web"), "/a.b": named("dotted"),
	}}
}

func mustDomain(t *testing.T, name string, protocol Protocol, routes ...Route) *Domain {
	t.Helper()
	d, err := NewDomain(name, protocol, routes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// from is request with a host of its own.
func from(t *testing.T, addr, host, method, uri string, headers ...string) response {
	t.Helper()
	c := dial(t, addr)
	c.send(method + " " + uri + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines(headers) + "\r\n")
	return c.receive(method)
}

func lines(headers []string) string {
	var b strings.Builder
	for i := 0; i < len(headers); i += 2 {
		b.WriteString(headers[i] + ": " + headers[i+1] + "\r\n")
	}
	return b.String()
}

// A request whose target is a URL is for the URL's host, whatever Host says: a
// proxy in front goes by that one, too.
func TestHostOfURL(t *testing.T) {
	seen := &fake{http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		text := req.URI + " " + req.Host
		for _, h := range req.Headers {
			if h.Key == "Host" {
				text += " " + h.Value
			}
		}
		return answerWith(w, 200, text)
	}}
	addr, _ := serve(t, directory{functions: map[string]Function{"/web": seen, "/other": named("other")}})
	for target, want := range map[string]string{
		"http://web.localhost/a?b":      "/a?b web.localhost web.localhost",
		"https://web.localhost:81/a":    "/a web.localhost:81 web.localhost:81",
		"HTTP://WEB.localhost?b":        "/?b web.localhost WEB.localhost",
		"http://web.localhost":          "/ web.localhost web.localhost",
		"http://web.localhost#c":        "/#c web.localhost web.localhost",
		"http://other.localhost/a":      "other /a /a",
		"/http://other.localhost/a?b=c": "", // no URL: for Host
	} {
		host := "other.localhost"
		if want == "" {
			host, want = "web.localhost", target+" web.localhost web.localhost"
		}
		if r := from(t, addr, host, "GET", target); r.StatusCode != 200 || r.body != want {
			t.Errorf("%s: status %d, body %s, want %s", target, r.StatusCode, r.body, want)
		}
	}
}

func TestHosts(t *testing.T) {
	d := mustDomain(t, "Shop.Example.COM", HTTPOnly,
		Route{Path: "/*", Function: "web"},
		Route{Path: "/api/*", Service: "svc", Function: "web", Methods: []string{"GET", "POST"}},
		Route{Path: "/api/v1/*", Function: "svc$web", Qualifier: "prod"},
		Route{Path: "/api/v1/exact", Function: "web"},
		Route{Path: "/gone", Function: "nobody"},
		Route{Path: "/old/*", Function: "web", Rewrite: &Rewrite{
			Equal:    []RewriteRule{{"/old/index", "/new?from=old"}, {"/old/index", "/never"}},
			Wildcard: []RewriteRule{{"/old/img/*.png", "/pictures/$1x.webp"}, {"/old/img/*", "/never"}},
			Regex:    []RewriteRule{{"^/old/u/(\\d+)/(.*)$", "/$2/$1"}, {"/old/(cut)", "$1"}},
		}},
	)
	secure := mustDomain(t, "secure.example.com", HTTPSOnly, Route{Path: "/*", Function: "web"})
	narrow := mustDomain(t, "narrow.example.com", HTTPAndHTTPS, Route{Path: "/only", Function: "web"})
	world := func(c *Config) {
		c.Domains = domains{"shop.example.com": d, "secure.example.com": secure, "narrow.example.com": narrow}
	}
	addr, _ := serve(t, town(), world)
	for _, c := range []struct {
		host, method, uri string
		status            int
		body              string // or a part of it
	}{
		{"web.localhost", "GET", "/a%20b?c", 200, "web /a%20b?c /a b"},
		{"web.localhost:9000", "GET", "/", 200, "web / /"},
		{"WEB.LocalHost.:9000", "GET", "/", 200, "web / /"},
		{"Web2.localhost", "GET", "/", 200, "Web2 / /"},
		{"web.svc.localhost", "GET", "/x", 200, "svc/web /x /x"},
		{"web.SVC.localhost", "GET", "/x", 200, "svc/web /x /x"},
		{"web.localhost", "GET", "/2016-08-15/proxy/svc/web/", 200, "web /2016-08-15/proxy/svc/web/ /2016-08-15/proxy/svc/web/"},
		{"nobody.localhost", "GET", "/", 404, `"Code":"FunctionNotFound","Message":"function 'nobody' does not exist."`},
		{"nobody.svc.localhost", "GET", "/", 404, `"FunctionNotFound","ErrorMessage":"function 'nobody' does not exist in service 'svc'"`},
		{"web.missing.localhost", "GET", "/", 404, `"ServiceNotFound","ErrorMessage":"service 'missing' does not exist"`},
		{"nobody.localhost", "POST", "/2023-03-30/functions/web/invocations", 200, "web"},
		{"localhost", "GET", "/", 400, "PathNotSupported"},
		{".localhost", "GET", "/", 400, "PathNotSupported"},
		{"127.0.0.1", "GET", "/", 400, "PathNotSupported"},
		{"[::1]:80", "GET", "/", 400, "PathNotSupported"},
		{"", "GET", "/", 400, "missing required host header"},
		{"unknown.example.com", "GET", "/", 404, `"DomainNameNotFound","Message":"domain name 'unknown.example.com' does not exist"`},
		{"unknown.example.com", "POST", "/2023-03-30/functions/web/invocations", 200, "web"},
		{"unknown.example.com", "GET", "/2023-03-30/functions", 400, "PathNotSupported"},
		{"localhost", "GET", "/2016-08-15/proxy/svc/web/a/b?c", 200, "svc/web /2016-08-15/proxy/svc/web/a/b?c /a/b base /2016-08-15/proxy/svc/web/"},
		{"localhost", "GET", "/2016-08-15/proxy/svc.prod/web", 200, "svc/web /2016-08-15/proxy/svc.prod/web / base /2016-08-15/proxy/svc.prod/web/"},

		{"shop.example.com", "GET", "/x?y", 200, "web /x?y /x"},
		{"SHOP.example.com:81", "PUT", "/x", 200, "web /x /x"},
		{"shop.example.com", "GET", "/api/x", 200, "svc/web /api/x /api/x"},
		{"shop.example.com", "GET", "/api", 200, "web /api /api"},
		{"shop.example.com", "PUT", "/api/x", 403, `{"ErrorCode":"AccessDenied","ErrorMessage":"method 'PUT' is not one of the HTTP trigger's: GET, POST"}`},
		{"shop.example.com", "GET", "/api/v1/x", 200, "svc/web /api/v1/x /api/v1/x"},
		{"shop.example.com", "GET", "/api/v1/exact", 200, "web /api/v1/exact /api/v1/exact"},
		{"shop.example.com", "GET", "/gone", 404, `"function 'nobody' does not exist."`},
		{"shop.example.com", "GET", "/2023-03-30/functions/web/invocations", 200, "web /2023-03-30/functions/web/invocations /2023-03-30/functions/web/invocations"},
		{"shop.example.com", "GET", "/old/index?a=b", 200, "web /new?from=old&a=b /new"},
		{"shop.example.com", "GET", "/old/index", 200, "web /new?from=old /new"},
		{"shop.example.com", "GET", "/old/img/a%20b.png", 200, "web /pictures/a%20bx.webp /pictures/a bx.webp"},
		{"shop.example.com", "GET", "/old/img/a.gif", 200, "web /never /never"},
		{"shop.example.com", "GET", "/old/u/7/mail?q", 200, "web /mail/7?q /mail/7"},
		{"shop.example.com", "GET", "/old/cut/x", 200, "web /cut/x /cut/x"},
		{"shop.example.com", "GET", "/old/other", 200, "web /old/other /old/other"},
		{"secure.example.com", "GET", "/", 403, `"AccessDenied","Message":"domain name 'secure.example.com' is served over HTTPS only"`},
		{"narrow.example.com", "GET", "/only", 200, "web /only /only"},
		{"narrow.example.com", "GET", "/other", 400, "'/other' against 'GET' is not supported"},
	} {
		t.Run(c.method+" "+c.host+c.uri, func(t *testing.T) {
			r := from(t, addr, c.host, c.method, c.uri)
			if r.StatusCode != c.status || c.status == 200 && r.body != c.body || !strings.Contains(r.body, c.body) {
				t.Errorf("status %d, body %s; want %d, %s", r.StatusCode, r.body, c.status, c.body)
			}
			two := strings.Contains(r.body, "ErrorCode") || strings.HasPrefix(r.body, "svc/web")
			if id := r.Header.Get(hRequestID); two && !id2.MatchString(id) || !two && !id3.MatchString(id) {
				t.Errorf("request id %q of the wrong generation", id)
			}
		})
	}
}

// TestHostsBesideSingle is about a server of one function, which gets what
// nobody else does.
func TestHostsBesideSingle(t *testing.T) {
	d := town()
	d.only = named("only")
	addr, _ := serve(t, d, func(c *Config) { c.TriggerSuffix = "fc.Example.com" })
	for host, want := range map[string]string{
		"web.fc.example.com": "web / /", "web.localhost": "only / /", "nobody.fc.example.com": "only / /", "fc.example.com": "only / /",
	} {
		if r := from(t, addr, host, "GET", "/"); r.body != want {
			t.Errorf("%s: %s, want %s", host, r.body, want)
		}
	}
}

func TestNewDomain(t *testing.T) {
	route := func(r Route) []Route { return []Route{r} }
	web := Route{Path: "/*", Function: "web"}
	for _, c := range []struct {
		name     string
		protocol Protocol
		routes   []Route
		want     string
	}{
		{"", HTTPOnly, route(web), `front: domain "": the name is no host name without a port`},
		{"a:80", HTTPOnly, route(web), `front: domain "a:80": the name is no host name without a port`},
		{"a", 9, route(web), `front: domain "a": the protocol is 9, want one of the constants`},
		{"a", HTTPOnly, nil, `front: domain "a": there are no routes`},
		{"a", HTTPOnly, route(Route{Path: "x", Function: "f"}), `front: domain "a": route 1 ("x"): the path does not begin with /`},
		{"a", HTTPOnly, route(Route{Path: "/*/a", Function: "f"}), `front: domain "a": route 1 ("/*/a"): there is a * before the end of the path`},
		{"a", HTTPOnly, route(Route{Path: "/"}), `front: domain "a": route 1 ("/"): no function is named`},
		{"a", HTTPOnly, route(Route{Path: "/", Function: "f", Methods: []string{"get"}}), `front: domain "a": route 1 ("/"): front: the route has the method "get", want those of GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS`},
		{"a", HTTPOnly, []Route{web, web}, `front: domain "a": route 2: the path "/*" has a route already`},
		{"a", HTTPOnly, []Route{{Path: "/", Function: "f"}, {Path: "/", Function: "g"}}, `front: domain "a": route 2: the path "/" has a route already`},
		{"a", HTTPOnly, route(Route{Path: "/", Function: "f", Rewrite: &Rewrite{Equal: []RewriteRule{{"a", "/b"}}}}), `front: domain "a": route 1 ("/"): rewrite: equal rule 1, "a" to "/b": the match does not begin with /`},
		{"a", HTTPOnly, route(Route{Path: "/", Function: "f", Rewrite: &Rewrite{Equal: []RewriteRule{{"/a", "b"}}}}), `front: domain "a": route 1 ("/"): rewrite: equal rule 1, "/a" to "b": the replacement does not begin with /`},
		{"a", HTTPOnly, route(Route{Path: "/", Function: "f", Rewrite: &Rewrite{Wildcard: []RewriteRule{{"/a", "/b"}}}}), `front: domain "a": route 1 ("/"): rewrite: wildcard rule 1, "/a" to "/b": the match has not exactly one *`},
		{"a", HTTPOnly, route(Route{Path: "/", Function: "f", Rewrite: &Rewrite{Regex: []RewriteRule{{"(", "/b"}}}}), "front: domain \"a\": route 1 (\"/\"): rewrite: regex rule 1, \"(\" to \"/b\": error parsing regexp: missing closing ): `(`"},
	} {
		_, err := NewDomain(c.name, c.protocol, c.routes)
		if err == nil {
			t.Errorf("no error, want %s", c.want)
		} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	d := mustDomain(t, "A.example.com.", HTTPAndHTTPS, web)
	if d.Name() != "a.example.com" || d.Protocol() != HTTPAndHTTPS {
		t.Errorf("name %s, protocol %d", d.Name(), d.Protocol())
	}
}

func TestParseProtocol(t *testing.T) {
	for s, want := range map[string]Protocol{"": HTTPOnly, "http": HTTPOnly, "HTTPS": HTTPSOnly, "HTTP,HTTPS": HTTPAndHTTPS, "https, http": HTTPAndHTTPS} {
		if got, err := ParseProtocol(s); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", s, got, err, want)
		}
	}
	if _, err := ParseProtocol("gopher"); err == nil || err.Error() != `front: the protocol is "gopher", want HTTP, HTTPS or HTTP,HTTPS` {
		t.Errorf("error %v", err)
	}
}

// failing is a directory whose look-ups fail for a reason of its own.
type failing struct{ directory }

func (failing) Lookup(string, string, string) (Target, error) {
	return Target{}, errors.New("the disk is gone")
}

func TestLookupFails(t *testing.T) {
	cfg := Config{Functions: failing{}}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	addr := listen(t, s)
	for _, host := range []string{"web.localhost", "localhost"} {
		r := from(t, addr, host, "GET", "/2016-08-15/proxy/svc/f/")
		if r.StatusCode != 500 || !strings.Contains(r.body, "an internal error has occurred. Please retry. (request ") || strings.Contains(r.body, "disk") {
			t.Errorf("%s: status %d, body %s", host, r.StatusCode, r.body)
		}
	}
}

// FuzzRewrite checks that whatever comes out can be sent to a function.
func FuzzRewrite(f *testing.F) {
	f.Add("/a/*", "/b/$1", "^/x(.*)$", "y$1?q", "/a/b", "q=1")
	f.Add("/*", "/$0$2", "", "", "/", "")
	f.Fuzz(func(t *testing.T, wildcard, to, regex, put, path, query string) {
		r := &Rewrite{Wildcard: []RewriteRule{{wildcard, to}}, Regex: []RewriteRule{{regex, put}}}
		c, err := r.compile()
		if err != nil || !strings.HasPrefix(path, "/") || strings.Contains(path, "?") {
			t.Skip()
		}
		p, _ := c.apply(path, query)
		if !strings.HasPrefix(p, "/") || strings.Contains(p, "?") {
			t.Errorf("%q became %q", path, p)
		}
	})
}
