package conformance_test

import (
	"os"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/conformance"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// all says to run the rows that send megabytes to every kind of function. By
// default only one kind gets them: they test the front more than functions.
var all = os.Getenv("WAFER_TEST_ALL") != ""

// TestWasm checks handlers of the FC Go SDK in sandboxes.
func TestWasm(t *testing.T) {
	base := serve(t, func() loader {
		r := runnertest.New(t)
		module := runnertest.Build(t, "testdata/handlers")
		return loader{load: func(cfg runner.FunctionConfig, _ string) front.Function { return runnertest.Load(t, r, cfg, module) }}
	})
	conformance.Run(t, conformance.Subject{Base: base, Except: ofWasm})
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
	conformance.Run(t, conformance.Subject{Small: !all, Base: base, Except: ofWasmServer})
}
