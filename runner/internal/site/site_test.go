package site_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/bundle"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/runnertest"
)

const both = `
edition: 3.0.0
vars: {wafer: {account: "123"}}
resources:
  web:
    component: fc3
    props:
      functionName: web
      region: cn-hangzhou
      runtime: custom
      code: web.wasm
      environmentVariables: {GREETING: hello}
      triggers:
        - {triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET, POST]}}
      customDomain:
        domainName: www.example.org
        protocol: HTTP
        route:
          path: /api/*
          methods: [GET]
          rewriteConfig: {wildcardRules: [{match: /api/v1/*, replacement: /one/$1}]}
  closed:
    component: fc3
    props:
      functionName: closed
      region: cn-hangzhou
      runtime: custom
      code: web.wasm
      memorySize: 8192
      triggers:
        - {triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET], disableURLInternet: true}}
      customDomain: {domainName: closed.example.org, protocol: HTTP}
  event:
    component: fc
    props:
      region: cn-shanghai
      service: {name: svc, logConfig: {project: p, logstore: l}}
      function: {name: event, runtime: go1, codeUri: code, handler: event, environmentVariables: {GREETING: hi}}
`

// TestServe asks the functions of a manifest of both generations in all their
// URLs.
func TestServe(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.write("code/event", runnertest.Build(t, "testdata/event")) // the module has FC's name
	r.apply(both)
	closed, err := r.Lookup("", "closed", "")
	if err != nil {
		t.Fatal(err)
	}
	if m := closed.Config().Memory(); m != runner.MaxMemory {
		t.Errorf("an instance has %d MB, want what a module can have, %d", m, runner.MaxMemory)
	}
	const event = `200 {"account":"123","function":"event","greeting":"hi","log":"p/l","region":"cn-shanghai","service":"svc"}`
	for _, c := range []struct{ method, host, path, want string }{
		{"GET", "web.localhost", "/a/b", "200 hello: GET /a/b"},
		{"POST", "web.localhost", "/", "200 hello: POST /"},
		{"PUT", "web.localhost", "/", `403 {"Code":"AccessDenied","Message":"method 'PUT' is not one of the HTTP trigger's: GET, POST"}`},
		{"GET", "www.example.org", "/api/v1/x", "200 hello: GET /one/x"},
		{"GET", "www.example.org", "/api/v2", "200 hello: GET /api/v2"},
		{"POST", "www.example.org", "/api/v2", `403 {"Code":"AccessDenied","Message":"method 'POST' is not one of the HTTP trigger's: GET"}`},
		{"GET", "www.example.org", "/", `400 {"Code":"PathNotSupported","Message":"'/' against 'GET' is not supported"}`},
		{"GET", "closed.localhost", "/", `403 {"Code":"AccessDenied","Message":"access denied due to function internet URL is disable"}`},
		{"GET", "closed.example.org", "/x", "200 : GET /x"},
		{"POST", "", "/2016-08-15/services/svc/functions/event/invocations", event},
		{"POST", "", "/2023-03-30/functions/svc$event/invocations", event},
		{"POST", "", "/2023-03-30/functions/event/invocations", `404 {"Code":"FunctionNotFound","Message":"function 'event' does not exist."}`},
		{"POST", "", "/2016-08-15/services/other/functions/event/invocations", `404 {"ErrorCode":"ServiceNotFound","ErrorMessage":"service 'other' does not exist"}`},
		{"POST", "", "/2016-08-15/services/svc.prod/functions/event/invocations", `404 {"ErrorCode":"AliasNotFound","ErrorMessage":"alias 'prod' of service 'svc' does not exist"}`},
	} {
		if got := r.do(c.method, c.host, c.path); got != c.want {
			t.Errorf("%s %s%s:\ngot  %s\nwant %s", c.method, c.host, c.path, got, c.want)
		}
	}
	if got := r.do("GET", "event.svc.localhost", "/"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("the URL of a function without an HTTP trigger: %s", got)
	}
	if got := r.do("GET", "", "/"); strings.HasPrefix(got, "200 ") {
		t.Errorf("three functions, and one gets all requests: %s", got)
	}
	var names []string
	for _, s := range r.Served() {
		names = append(names, s.Function.FullName()+" "+s.Kind)
	}
	if diff := cmp.Diff([]string{"web wasm", "closed wasm", "svc$event wasm"}, names); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
}

// TestOnly: the only function gets what has no other URL, if its own is open.
func TestOnly(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.write("code/event.wasm", runnertest.Build(t, "testdata/event"))
	for _, c := range []struct{ only, want string }{
		{"web", "200 hello: GET /x"},
		{"closed", `400 {"Code":"PathNotSupported","Message":"'/x' against 'GET' is not supported"}`},
		{"svc$event", `400 {"Code":"PathNotSupported","Message":"'/x' against 'GET' is not supported"}`},
	} {
		r.apply(both, c.only)
		if got := r.do("GET", "", "/x"); got != c.want {
			t.Errorf("only %s:\ngot  %s\nwant %s", c.only, got, c.want)
		}
	}
	err := r.Apply(t.Context(), r.parse(both), "wbe")
	if want := `has no function "wbe", it has web, closed, event`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

// TestZip: a module in a code package.
func TestZip(t *testing.T) {
	r := newRig(t)
	r.write("code/event", runnertest.Build(t, "testdata/event"))
	if _, err := bundle.PackFile(filepath.Join(r.dir, "event.zip"), filepath.Join(r.dir, "code")); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(both, "codeUri: code,", "codeUri: event.zip,", 1)
	r.apply(text, "event")
	r.apply(text, "event") // unchanged
	if got := r.do("POST", "", "/2016-08-15/services/svc/functions/event/invocations"); !strings.HasPrefix(got, `200 {"account":"123",`) {
		t.Error(got)
	}
	if s := r.Served(); len(s) != 1 || s[0].Kind != "zip" {
		t.Errorf("served %+v", s)
	}
}

// TestErrors: what is wrong with all functions is reported together, and what
// was served before is served on.
func TestErrors(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.write("broken.wasm", []byte("\x00asm\x01\x00\x00\x00\xff"))
	r.write("text", []byte("just a text"))
	r.write("source/main.go", []byte("package main\n\nfunc main() {}\n"))
	r.write("package.zip", []byte("PK\x03\x04..."))
	r.apply(both, "web")
	function := func(name, runtime, code string) string {
		return "  " + name + ": {component: fc3, props: {functionName: " + name + ", region: r, runtime: " + runtime + ", code: " + code + "}}\n"
	}
	text := "edition: 3.0.0\nresources:\n" +
		function("good", "go1", "web.wasm") +
		function("broken", "go1", "broken.wasm") +
		function("nowhere", "go1", "./nowhere") +
		function("text", "custom", "text") +
		function("source", "go1", "./source") +
		function("zip", "go1", "package.zip") +
		function("python", "python3", "./source")
	err := r.Apply(t.Context(), r.parse(text))
	var bad *manifest.Error
	if !errors.As(err, &bad) {
		t.Fatalf("error %v, want a *manifest.Error", err)
	}
	wants := []string{
		`:4:89: resources.broken.props.code cannot be loaded: `,
		`:5:91: resources.nowhere.props.code is "./nowhere", and there is no such file or directory`,
		`:6:88: resources.text.props.code is "text", which is neither a WebAssembly module, nor a zip, nor a program for Linux, nor Go source`,
		`:7:89: resources.source.props.code cannot be loaded: ./source does not import the FC SDK`,
		`:8:83: resources.zip.props.code cannot be loaded: not a zip that can be read: `,
		`:9:93: resources.python.props.code is for the runtime python3, which wafer does not have`,
	}
	if len(bad.Problems) != len(wants) {
		t.Fatalf("%d problems, want %d:\n%v", len(bad.Problems), len(wants), err)
	}
	for i, want := range wants {
		if got := bad.Problems[i].String(); !strings.Contains(got, want) {
			t.Errorf("problem %d:\ngot  %s\nwant %s", i, got, want)
		}
	}
	if got, want := r.do("GET", "web.localhost", "/"), "200 hello: GET /"; got != want {
		t.Errorf("after the errors: %s, want %s", got, want)
	}
	if n := r.runner.Stats().Functions; n != 1 {
		t.Errorf("%d functions are loaded, want 1", n)
	}
}

// TestClosed: a closed site serves nothing and takes nothing.
func TestClosed(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.apply(both, "web")
	target, err := r.Lookup("", "web", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := target.Invoke(context.Background(), runner.Event{}); !errors.Is(err, runner.ErrClosed) {
		t.Errorf("invoking: error %v, want %v", err, runner.ErrClosed)
	}
	if err := r.Apply(t.Context(), r.parse(both), "web"); !errors.Is(err, runner.ErrClosed) {
		t.Errorf("applying: error %v, want %v", err, runner.ErrClosed)
	}
}

// TestConfig: a site needs a runner and a directory.
func TestConfig(t *testing.T) {
	_, err := site.New(site.Config{})
	if want := "site: config: Runner is not set\nsite: config: CacheDir is not set"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestCheck: what can be known without loading anything.
func TestCheck(t *testing.T) {
	r := newRig(t)
	err := site.Check(r.parse(strings.ReplaceAll(both,
		"protocol: HTTP\n", "protocol: HTTPS\n        certConfig: {certName: c, certificate: cert.pem, privateKey: key.pem}\n")))
	var bad *manifest.Error
	if !errors.As(err, &bad) {
		t.Fatalf("error %v, want a *manifest.Error", err)
	}
	wants := []string{
		`:11:13: resources.web.props.code is "web.wasm", and there is no such file or directory`,
		`:16:9: resources.web.props.customDomain does not work: certConfig is no certificate and its key in PEM: tls: failed to find any PEM data in certificate input`,
		`:29:13: resources.closed.props.code is "web.wasm", and there is no such file or directory`,
		`:39:54: resources.event.props.function.codeUri is "code", and there is no such file or directory`,
	}
	if len(bad.Problems) != len(wants) {
		t.Fatalf("%d problems, want %d:\n%v", len(bad.Problems), len(wants), err)
	}
	for i, want := range wants {
		if got := bad.Problems[i].String(); !strings.Contains(got, want) {
			t.Errorf("problem %d:\ngot  %s\nwant %s", i, got, want)
		}
	}
}
