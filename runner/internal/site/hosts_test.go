package site_test

import (
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestHosts: a host in lower case, as browsers send it, leads to the function
// whose name it is but for the case.
func TestHosts(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	const trigger = "triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}]"
	function := func(id, name, greeting, triggers string) string {
		return "  " + id + ": {component: fc3, props: {functionName: '" + name + "', region: r, runtime: custom, code: web.wasm, environmentVariables: {GREETING: " + greeting + "}, " + triggers + "}}\n"
	}
	text := "edition: 3.0.0\nresources:\n" +
		function("one", "OrderForm", "one", trigger) +
		function("two", "Shop$Cart", "two", trigger) +
		function("three", "WEB", "three", trigger) +
		function("four", "web", "four", trigger) +
		function("five", "Events", "five", "")
	r.apply(text)
	for _, c := range []struct{ host, want string }{
		{"orderform.localhost", "200 one: GET /"},
		{"OrderForm.localhost", "200 one: GET /"},
		{"ORDERFORM.localhost", "200 one: GET /"},
		{"cart.shop.localhost", "200 two: GET /"},
		{"web.localhost", "200 four: GET /"},
		{"WEB.localhost", "200 three: GET /"},
		{"Web.localhost", "200 four: GET /"},
	} {
		if got := r.do("GET", c.host, "/"); got != c.want {
			t.Errorf("%s: %s, want %s", c.host, got, c.want)
		}
	}
	if got, want := r.do("GET", "events.localhost", "/"), `404 {"Code":"TriggerNotFound","Message":"function 'Events' has no HTTP trigger"}`; got != want {
		t.Errorf("the host of a function without a trigger: %s, want %s", got, want)
	}
	if got := r.do("POST", "", "/2023-03-30/functions/orderform/invocations"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("the API knows case, and it answers %s", got)
	}
	notes := site.Notes(r.parse(text))
	const want = "resources.three.props is called WEB, and hosts know no case: a browser that asks for its HTTP trigger gets web, of line 6"
	if len(notes) != 1 || !strings.HasSuffix(notes[0].String(), want) {
		t.Errorf("notes %v, want one that ends with %s", notes, want)
	}
}

// TestGeneration: the component says of which generation a function is, not its
// name. One of 3.0 takes HTTP requests as events, one of 2.0 does not.
func TestGeneration(t *testing.T) {
	r := newRig(t)
	r.write("code/event.wasm", runnertest.Build(t, "testdata/event"))
	r.apply(`
edition: 3.0.0
resources:
  three:
    component: fc3
    props:
      functionName: svc$three
      region: r
      runtime: go1
      handler: event
      code: code
      triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}]
      customDomain: {domainName: three.example.org, protocol: HTTP}
  two:
    component: fc
    props:
      region: r
      service: {name: svc}
      function: {name: two, runtime: go1, handler: event, codeUri: code}
      triggers: [{name: t, type: http, config: {authType: anonymous, methods: [GET]}}]
      customDomains: [{domainName: two.example.org, protocol: HTTP, routeConfigs: [{path: /*}]}]
`)
	const denied = "method 'PUT' is not one of the HTTP trigger's: GET"
	for _, c := range []struct{ method, host, path, want string }{
		{"GET", "three.svc.localhost", "/", `200 {"account":`},
		{"GET", "three.example.org", "/", `200 {"account":`},
		{"GET", "", "/2016-08-15/proxy/svc/three/", `200 {"account":`},
		{"PUT", "three.svc.localhost", "/", `403 {"Code":"AccessDenied","Message":"` + denied + `"}`},
		{"PUT", "three.example.org", "/", `403 {"Code":"AccessDenied","Message":"` + denied + `"}`},
		{"POST", "", "/2023-03-30/functions/svc$three/invocations", `200 {"account":`},
		{"GET", "two.svc.localhost", "/", `502 {"errorMessage":"the function is no HTTP function: `},
		{"GET", "two.example.org", "/", `502 {"errorMessage":"the function is no HTTP function: `},
		{"PUT", "two.example.org", "/", `403 {"ErrorCode":"AccessDenied","ErrorMessage":"` + denied + `"}`},
		{"POST", "", "/2023-03-30/functions/svc$two/invocations", `200 {"account":`},
	} {
		if got := r.do(c.method, c.host, c.path); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s%s: %s, want %s", c.method, c.host, c.path, got, c.want)
		}
	}
}
