package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
)

func TestSmokeRequest(t *testing.T) {
	ctx := context.Background()
	wasm := guesttest.Build(t, "testdata/hello")
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir("/tmp/lead/cache2"))
	if err != nil {
		t.Fatal(err)
	}
	for _, iso := range []runner.Isolation{0, 1} {
		for _, warm := range []bool{false, true} {
			cfg := runner.NewFunctionConfig("hello").WithIsolation(iso)
			ev := []byte(`{"key":"value"}`)
			if warm {
				cfg = cfg.WithWarmup(ev, ev, ev)
			}
			start := time.Now()
			f, err := r.Load(ctx, cfg, wasm)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(iso, warm, "load", time.Since(start))
			for range 3 {
				res, err := f.Invoke(ctx, runner.Event{Payload: ev})
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%s %+v", res.Payload, res.Usage)
			}
			start = time.Now()
			for range 10000 {
				f.Invoke(ctx, runner.Event{Payload: ev})
			}
			t.Log("per call", time.Since(start)/10000, f.Stats())
		}
	}
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	wasm := guesttest.Build(t, "testdata/hello")
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir("/tmp/lead/cache2"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	f, err := r.Load(ctx, runner.NewFunctionConfig("hello"), wasm)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("load", time.Since(start), len(wasm))
	for range 3 {
		res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`), WithLog: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s %+v\n%s", res.Payload, res.Usage, res.Log)
	}
	start = time.Now()
	for range 10000 {
		f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`)})
	}
	t.Log("warm", time.Since(start)/10000)
	if _, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":`), WithLog: true}); err != nil {
		t.Log(err)
	}
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
}
