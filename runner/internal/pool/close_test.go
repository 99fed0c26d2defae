package pool_test

import (
	"context"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/pool"
)

// TestIdleEndTogether checks that one whose end takes long does not hold up the
// others.
func TestIdleEndTogether(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	begun, finish := make(chan struct{}, 3), make(chan struct{})
	destroy := cfg.Destroy
	cfg.Destroy = func(i *item) {
		begun <- struct{}{}
		<-finish
		destroy(i)
	}
	p := pool.New(cfg)
	for _, i := range []*item{get(t, p), get(t, p), get(t, p)} {
		p.Put(i)
	}
	closed := make(chan error)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	go func() { closed <- p.Close(ctx) }()
	for range 3 {
		select {
		case <-begun:
		case <-time.After(10 * time.Second):
			t.Fatal("they end one after the other")
		}
	}
	close(finish)
	if err := <-closed; err != nil {
		t.Errorf("nothing was busy, and closing says %v", err)
	}
}
