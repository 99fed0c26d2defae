package scenario

import (
	"context"

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
