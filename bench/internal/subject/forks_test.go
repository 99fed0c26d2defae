package subject_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestForks expects a runner to take forks for functions that it has prepared
// itself, and to keep them apart.
func TestForks(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	ctx, cache := t.Context(), t.TempDir()
	wasm := runnertest.Build(t, "../../testdata/hello")
	cfg := runner.NewConfig().WithCacheDir(cache)
	r, err := runner.New(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := subject.NewForks(cache, wasm); err == nil {
		t.Error("a module that was not prepared could be forked")
	}
	base := runnertest.Load(t, r, runner.NewFunctionConfig("base"), wasm)
	if code := base.Inspect().CodeReason; code != "" {
		t.Skipf("code is not mapped here: %s", code)
	}
	forks, err := subject.NewForks(cache, wasm)
	if err != nil {
		t.Fatal(err)
	}
	const n = 3
	for i := range n {
		module, err := forks.Make(i)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(module, subject.Fork(wasm, i)) {
			t.Errorf("fork %d has another module than it should", i)
		}
		f := runnertest.Load(t, r, runner.NewFunctionConfig("fork"), module)
		res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"fork"}`)})
		if err != nil || string(res.Payload) != `"hello, fork!"` {
			t.Fatalf("fork %d: %+v, %v", i, res, err)
		}
		if info := f.Inspect(); !info.CodeStored || info.Code != "mapped" {
			t.Errorf("the code of fork %d is %s, found on disk: %t, %s", i, info.Code, info.CodeStored, info.CodeReason)
		}
	}
	if got := r.Stats().Codes; got != n+1 {
		t.Errorf("%d different codes, want %d", got, n+1)
	}
	if err := r.Close(context.WithoutCancel(ctx)); err != nil {
		t.Error(err)
	}
}
