//go:build !race

package pool_test

import (
	"context"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/pool"
)

// TestReuseAllocatesNothing covers the way of most calls.
func TestReuseAllocatesNothing(t *testing.T) {
	for _, concurrency := range []int{1, 2} {
		f := &factory{t: t}
		p := pool.New(f.shared(concurrency))
		p.Put(get(t, p))
		ctx := context.Background()
		n := testing.AllocsPerRun(100, func() {
			i, _, err := p.Get(ctx)
			if err != nil {
				t.Fatal(err)
			}
			p.Put(i)
		})
		if n != 0 {
			t.Errorf("concurrency %d: %v allocations, want 0", concurrency, n)
		}
	}
}
