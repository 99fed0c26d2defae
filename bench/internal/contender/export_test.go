package contender

import (
	"context"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Have pretends that something was built.
func (s *Workshop) Have(name string) error {
	_, err := s.once(name, func(string) error { return nil })
	return err
}

// StartExtism starts Extism.
func StartExtism(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
	return extism().Start(ctx, shop, w)
}
