package bench

import (
	"context"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// BenchmarkWarmInvoke is one warm event through the library. guest-ns/op is
// the part of it in which the guest ran, host-ns/op all the rest.
func BenchmarkWarmInvoke(b *testing.B) {
	wasm := runnertest.Build(b, "testdata/hello")
	event := []byte(`{"key":"value"}`)
	for _, isolation := range []runner.Isolation{runner.IsolationInstance, runner.IsolationRequest} {
		b.Run("isolation="+isolation.String(), func(b *testing.B) {
			r := runnertest.New(b)
			f := runnertest.Load(b, r, runner.NewFunctionConfig("hello").WithIsolation(isolation).WithWarmup(event, event, event), wasm)
			ctx := context.Background()
			for range 100 {
				if _, err := f.Invoke(ctx, runner.Event{Payload: event}); err != nil {
					b.Fatal(err)
				}
			}
			var guest time.Duration
			b.ReportAllocs()
			for b.Loop() {
				res, err := f.Invoke(ctx, runner.Event{Payload: event})
				if err != nil {
					b.Fatal(err)
				}
				guest += res.Usage.CPU
			}
			b.ReportMetric(float64(guest.Nanoseconds())/float64(b.N), "guest-ns/op")
			b.ReportMetric(float64((b.Elapsed()-guest).Nanoseconds())/float64(b.N), "host-ns/op")
		})
	}
}
