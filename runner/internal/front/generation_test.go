package front

import (
	"strings"
	"testing"
)

// TestGenerationOfTarget: hosts, domains and triggers are of the function's
// generation, whatever its name looks like; an API path is of its own.
func TestGenerationOfTarget(t *testing.T) {
	two, three := FC2, FC3
	for _, c := range []struct {
		name      string
		gen       *Generation
		host, uri string
		status    int
		id        Generation
	}{
		{"3.0 with a service", &three, "f.svc.localhost", "/", 200, FC3},
		{"3.0 with a service", &three, "shop.example.com", "/", 200, FC3},
		{"3.0 with a service", &three, "shop.example.com", "/post", 403, FC3},
		{"3.0 with a service", &three, "localhost", "/2016-08-15/proxy/svc/f/", 200, FC2},
		{"2.0", &two, "f.svc.localhost", "/", 502, FC2},
		{"2.0", &two, "shop.example.com", "/", 502, FC2},
		{"2.0", &two, "localhost", "/2016-08-15/proxy/svc/f/", 502, FC2},
		{"both", nil, "f.svc.localhost", "/", 502, FC2},
		{"both", nil, "f.localhost", "/", 200, FC3},
	} {
		f := echo()
		f.event = true
		d := one(f)
		d.only, d.target.Generation = nil, c.gen
		domain := mustDomain(t, "shop.example.com", HTTPOnly,
			Route{Path: "/*", Function: "svc$f"}, Route{Path: "/post", Function: "svc$f", Methods: []string{"POST"}})
		addr, _ := serve(t, d, func(cfg *Config) { cfg.Domains = domains{"shop.example.com": domain} })
		r := from(t, addr, c.host, "GET", c.uri)
		if id := map[Generation]bool{FC2: id2.MatchString(r.Header.Get(hRequestID)), FC3: id3.MatchString(r.Header.Get(hRequestID))}; r.StatusCode != c.status || !id[c.id] {
			t.Errorf("%s, %s%s: status %d, request id %s; want %d, one of %s", c.name, c.host, c.uri, r.StatusCode, r.Header.Get(hRequestID), c.status, c.id)
		}
		if named := strings.Contains(r.body, `"ErrorCode"`); r.StatusCode == 403 && named != (c.id == FC2) {
			t.Errorf("%s, %s%s: the error is %s", c.name, c.host, c.uri, r.body)
		}
	}
}

// TestGenerationOfSingle: the only function gets what nobody else does, in its
// own generation.
func TestGenerationOfSingle(t *testing.T) {
	two := FC2
	f := echo()
	f.event = true
	addr, _ := serve(t, ofGeneration{one(f), &two})
	if r := from(t, addr, "localhost", "GET", "/"); r.StatusCode != 502 || !id2.MatchString(r.Header.Get(hRequestID)) {
		t.Errorf("status %d, request id %s", r.StatusCode, r.Header.Get(hRequestID))
	}
}

// ofGeneration is a directory whose only function has a generation.
type ofGeneration struct {
	directory
	gen *Generation
}

func (d ofGeneration) Single() (Target, bool) {
	return Target{Function: d.only, Generation: d.gen}, true
}

// cased is a directory that knows its names in lower case.
type cased struct{ directory }

func (cased) HostName(service, name string) (string, string, bool) {
	if strings.EqualFold(name, "Web2") && service == "" {
		return "", "Web2", true
	}
	return "", "", false
}

// TestHostName: who knows the names says which one a host stands for.
func TestHostName(t *testing.T) {
	addr, _ := serve(t, cased{town()})
	for host, want := range map[string]string{
		"web2.localhost": "Web2 / /", "WEB2.localhost": "Web2 / /", "web.localhost": "web / /",
	} {
		if r := from(t, addr, host, "GET", "/"); r.StatusCode != 200 || r.body != want {
			t.Errorf("%s: status %d, %s; want %s", host, r.StatusCode, r.body, want)
		}
	}
	if r := from(t, addr, "WEB.localhost", "GET", "/"); r.StatusCode != 404 || !strings.Contains(r.body, "'WEB'") {
		t.Errorf("WEB.localhost, which it does not know: status %d, %s", r.StatusCode, r.body)
	}
}
