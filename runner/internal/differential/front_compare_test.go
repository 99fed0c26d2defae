package differential

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// eventPath is where events go.
const eventPath = "/2023-03-30/functions/" + functionName + "/invocations"

// examples returns the names of the examples in Go that use the SDK.
func examples(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../../examples/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "fc.Start") {
			names = append(names, filepath.Base(filepath.Dir(file)))
		}
	}
	if len(names) < 10 {
		t.Fatalf("found only %q", names)
	}
	return names
}

// TestSandboxAndProcess sends the same requests to each example as a module in a
// sandbox and as a native process.
func TestSandboxAndProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds all examples twice")
	}
	e := newEngines(t, nil)
	for _, name := range examples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := e.sandbox(t, name), e.process(t, name)
			for _, q := range requests(name) {
				if diff := cmp.Diff(want.send(q), got.send(q)); diff != "" {
					t.Errorf("%s (-sandbox +process):\n%s", q, diff)
				}
			}
		})
	}
}

// TestServerAndProcess is the same for the example that is a server, as a program
// of the custom runtime.
func TestServerAndProcess(t *testing.T) {
	cfg := config().WithConcurrency(4)
	dir := filepath.Join("..", "..", "..", "examples", "server")
	want := serve(t, "sandbox", load(t, cfg, true, dir, nil))
	got := serve(t, "process", load(t, cfg, false, dir, nil))
	all := append(requests("server"),
		request{method: "GET", path: "/users/w%C3%B6rld%2F?x"},
		request{method: "POST", path: "/users/name"},
		request{method: "GET", path: "/ticks"},
		request{method: "GET", path: "/invoke"},
		request{method: "POST", path: "/invoke", body: `{"item":"a cup"}`},
		request{method: "POST", path: eventPath, body: `{"item":"a cup"}`, header: http.Header{"X-Fc-Log-Type": {"Tail"}}},
	)
	for _, q := range all {
		if diff := cmp.Diff(want.send(q), got.send(q)); diff != "" {
			t.Errorf("%s (-sandbox +process):\n%s", q, diff)
		}
	}
}

// requests are what an example gets: events, and HTTP requests.
func requests(example string) []request {
	var all []request
	for i, event := range slices.Concat(special[example], events, generated(15)) {
		q := request{method: "POST", path: eventPath, body: event}
		if i < len(special[example])+3 {
			q.header = http.Header{"X-Fc-Log-Type": {"Tail"}}
		}
		all = append(all, q)
	}
	return append(all, httpRequests()...)
}

// httpRequests are for HTTP triggers, and so for all functions.
func httpRequests() []request {
	text := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	all := []request{
		{method: "GET", path: "/"},
		{method: "GET", path: "/?name=w%C3%B6rld&name=two&x=%20+%2B"},
		{method: "GET", path: "/?name=%zz&&=&a"},
		{method: "HEAD", path: "/"},
		{method: "GET", path: "/fail"},
		{method: "GET", path: "/not%20there/%2F/%E4%B8%96?q"},
		{method: "GET", path: "/a//b/../c/./d"},
		{method: "OPTIONS", path: "/echo", header: http.Header{"Origin": {"https://example.com"}}},
		{method: "GET", path: "/echo", header: http.Header{"X-Many": {"one", "two"}, "Cookie": {"a=b; c=d"}, "Accept": {"*/*"}}},
		{method: "POST", path: "/echo", body: "text", header: text},
		{method: "PUT", path: "/echo", body: "\xff\x00binary"},
		{method: "PATCH", path: "/echo", body: `{"a":"é"}`, header: http.Header{"Content-Type": {"application/json"}}},
		{method: "DELETE", path: "/echo", body: "gone"},
		{method: "POST", path: "/echo", body: strings.Repeat("large ", 50_000), header: text},
		{method: "POST", path: "/echo", body: strings.Repeat("\x80", 100_000)},
		{method: "GET", path: "/", header: http.Header{"X-Fc-Request-Id": {"forged"}, "X-Fc-Account-Id": {"forged"}}},
		{method: "GET", path: "/", header: http.Header{"X-Empty": {""}, "X-Unicode": {"w\xc3\xb6rld"}, "Authorization": {"Bearer x"}}},
	}
	return all
}
