package runner_test

import (
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// BenchmarkServer is one small request at a time to an HTTP server, in an
// instance that has served before, and in a fresh sandbox each.
func BenchmarkServer(b *testing.B) {
	for _, isolation := range []runner.Isolation{runner.IsolationInstance, runner.IsolationRequest} {
		b.Run(isolation.String(), func(b *testing.B) {
			r := runnertest.New(b)
			f := runnertest.Load(b, r, serverConfig().WithIsolation(isolation), server(b))
			mustGet(b, f, "/count")
			b.ReportAllocs()
			for b.Loop() {
				mustGet(b, f, "/count")
			}
		})
	}
}
