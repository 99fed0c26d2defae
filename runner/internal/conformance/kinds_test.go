package conformance_test

import (
	"maps"
	"os"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/conformance"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/runnertest"
)

const (
	commonOfServers = "handlers of the SDK have the context instead"
	checkedBefore   = "a module that does not start is not deployed"
)

// asServer says what does not apply to functions that are HTTP servers.
var asServer = map[string]string{
	"event-request":  "a server gets requests, never events that stand for them",
	"event-response": "a server answers requests itself",

	"invoke/Test Function of a trigger handler":          "a server gets requests, never events that stand for them",
	"invoke/an HTTP event by hand gets the raw response": "a server gets requests, never events that stand for them",
	"limits/response headers over, of a result":          "a server answers requests itself",
	"domain/event":                                     "a server gets requests, never events that stand for them",
	"domain/exact path wins":                           "a server gets requests, never events that stand for them",
	"failure/returned error":                           "a server has no errors but those it answers with",
	"failure/usage of a failure":                       "a server has no errors but those it answers with",
	"failure/panic":                                    "net/http recovers panics of handlers",
	"failure/an event for an HTTP function":            "a server takes events, at POST /invoke",
	"failure-http/returned error":                      "a server has no errors but those it answers with",
	"failure-http/panic":                               "net/http recovers panics of handlers",
	"failure-http/what was answered before is dropped": "a server has no errors but those it answers with",
	"failure-http/event handler's error":               "a server gets requests, never events that stand for them",
	"failure-http/event handler's panic":               "a server gets requests, never events that stand for them",
	"failure-http/event handler's exit":                "a server gets requests, never events that stand for them",
	"failure-http/a function that is no HTTP function": "a server takes HTTP",
	"failure-http/HEAD has no body":                    "a server has no errors but those it answers with",
	"log/failed":                                       "a server writes its own log",
	"cors/failures too":                                "a server has no errors but those it answers with",
}

// all says to run the rows that send megabytes to every kind of function. By
// default only one kind gets them: they test the front more than functions.
var all = os.Getenv("WAFER_TEST_ALL") != ""

// with returns the exceptions of both.
func with(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// TestWasm checks handlers of the FC Go SDK in sandboxes.
func TestWasm(t *testing.T) {
	base := serve(t, func() loader {
		r := runnertest.New(t)
		module := runnertest.Build(t, "testdata/handlers")
		return loader{load: func(cfg runner.FunctionConfig, _ string) front.Function { return runnertest.Load(t, r, cfg, module) }}
	})
	conformance.Run(t, conformance.Subject{Base: base, Except: map[string]string{"common-headers": commonOfServers, "start": checkedBefore}})
}

// TestWasmServer checks an HTTP server in sandboxes.
func TestWasmServer(t *testing.T) {
	if testing.Short() {
		t.Skip("loads many servers")
	}
	base := serve(t, func() loader {
		r := runnertest.New(t)
		module := runnertest.Build(t, "testdata/server")
		return loader{load: func(cfg runner.FunctionConfig, _ string) front.Function { return runnertest.Load(t, r, cfg, module) }}
	})
	conformance.Run(t, conformance.Subject{Small: !all, Base: base, Except: with(asServer, map[string]string{
		"start": checkedBefore,
	})})
}
