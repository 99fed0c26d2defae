package scenario

import (
	"context"
	"fmt"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Fresh, Temperatures and NativeInstances are parts of scenarios, for tests.
func (s *Suite) Fresh(ctx context.Context) error { return fresh(ctx, s) }

// Temperatures measures one workload.
func (s *Suite) Temperatures(ctx context.Context, w *workload.Workload) error {
	return s.temperatures(ctx, w)
}

// NativeInstances leaves sandboxes out.
func (s *Suite) NativeInstances(ctx context.Context) error { return s.nativeInstances(ctx) }

// Trial compares one thing of two revisions.
func (s *Suite) Trial(ctx context.Context, what string, base *contender.Workshop) (sample.Ratio, error) {
	for _, t := range trials() {
		if t.what == what {
			return t.run(ctx, s, base)
		}
	}
	return sample.Ratio{}, fmt.Errorf("scenario: there is no trial %q", what)
}

// Functions measures that many.
func (s *Suite) Functions(ctx context.Context, points ...int) error { return s.functions(ctx, points) }

// Trace plays a trace of n functions under a budget.
func (s *Suite) Trace(ctx context.Context, n int, budget int64) error {
	return s.trace(ctx, n, []int64{budget})
}

// Starts starts one workload.
func (s *Suite) Starts(ctx context.Context, w *workload.Workload) error { return s.starts(ctx, w) }

// Initialized measures temperatures with a snapshot after the initializer only.
func (s *Suite) Initialized(ctx context.Context, w *workload.Workload) error {
	return s.initialized(ctx, w)
}
