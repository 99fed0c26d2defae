package code

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

func config() wazero.RuntimeConfig {
	return wazero.NewRuntimeConfigCompiler().WithCoreFeatures(api.CoreFeaturesV2).WithDebugInfoEnabled(false)
}

// open opens a store that is closed with the test.
func open(tb testing.TB, o Options) *Store {
	tb.Helper()
	if o.Config == nil {
		o.Config = config()
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// prepare prepares a module under the hash of what it was rewritten to.
func prepare(tb testing.TB, s *Store, r *rewrite.Result) *Code {
	tb.Helper()
	c, err := s.Prepare(context.Background(), KeyOf(r.Wasm), r, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

func acquire(tb testing.TB, c *Code) *Lease {
	tb.Helper()
	l, err := c.Acquire(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return l
}
