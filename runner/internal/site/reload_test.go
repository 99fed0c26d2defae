package site_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestReload: while requests come, functions are replaced, and no request is
// dropped. What did not change is not loaded again, what was replaced goes.
func TestReload(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.write("code/event", runnertest.Build(t, "testdata/event"))
	r.apply(both)
	event, err := r.Lookup("svc", "event", "")
	if err != nil {
		t.Fatal(err)
	}
	var (
		stop atomic.Bool
		wg   sync.WaitGroup
		seen sync.Map
	)
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				got := r.do("GET", "web.localhost", "/")
				if seen.Store(got, true); !strings.HasPrefix(got, "200 ") {
					t.Error(got)
					return
				}
			}
		})
	}
	for _, greeting := range []string{"one", "two", "three"} {
		r.apply(strings.Replace(both, "GREETING: hello", "GREETING: "+greeting, 1))
		if got, want := r.do("GET", "web.localhost", "/"), "200 "+greeting+": GET /"; got != want {
			t.Errorf("after a change: %s, want %s", got, want)
		}
	}
	stop.Store(true)
	wg.Wait()
	for _, greeting := range []string{"one", "two", "three"} {
		if _, ok := seen.Load("200 " + greeting + ": GET /"); !ok {
			t.Errorf("the requests have not seen %q", greeting)
		}
	}
	if again, err := r.Lookup("svc", "event", ""); err != nil || again.Function != event.Function {
		t.Errorf("a function that did not change was loaded again, error %v", err)
	}
	for deadline := time.Now().Add(time.Minute); r.runner.Stats().Functions != 3; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d functions are loaded, want 3", r.runner.Stats().Functions)
		}
	}
}

// TestRemoved: a function that the manifest no longer has is no longer served.
func TestRemoved(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.apply(both, "web", "closed")
	r.apply(both, "web")
	if got := r.do("GET", "closed.localhost", "/"); strings.HasPrefix(got, "403 ") {
		t.Errorf("the removed function answers: %s", got)
	}
	if got, want := r.do("GET", "web.localhost", "/"), "200 hello: GET /"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestSource: Go source is built, and built again when it has changed.
func TestSource(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with the go command")
	}
	r := newRig(t)
	const text = `
edition: 3.0.0
resources:
  one: {component: fc3, props: {functionName: one, region: r, runtime: go1, code: ./src}}
  two: {component: fc3, props: {functionName: two, region: r, runtime: go1, code: ./src/main.go}}
`
	const source = "package main\n\nimport \"github.com/aliyun/fc-runtime-go-sdk/fc\"\n\nfunc main() { fc.Start(func() (string, error) { return \"first\", nil }) }\n"
	for _, word := range []string{"first", "second"} {
		r.write("src/main.go", []byte(strings.ReplaceAll(source, "first", word)))
		r.apply(text)
		for _, name := range []string{"one", "two"} {
			if got, want := r.do("POST", "", "/2023-03-30/functions/"+name+"/invocations"), `200 "`+word+`"`; got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
	if s := r.Served(); len(s) != 2 || s[0].Kind != "go source" || s[0].HandlesHTTP {
		t.Errorf("served %+v", s)
	}
}
