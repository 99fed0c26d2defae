//go:build linux && amd64

package conformance_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/conformance"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/native"
)

// TestGo1 checks handlers of the FC Go SDK as native processes.
func TestGo1(t *testing.T) {
	conformance.Run(t, conformance.Subject{Small: !all, Base: serveNative(t, "testdata/handlers", native.Go1), Except: ofGo1})
}

// TestCustom checks a custom runtime: an HTTP server as native processes.
func TestCustom(t *testing.T) {
	conformance.Run(t, conformance.Subject{Small: !all, Base: serveNative(t, "testdata/server", native.Custom), Except: ofCustom})
}

// serveNative deploys a program as native functions.
func serveNative(t *testing.T, source string, kind native.Kind) (base string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts many processes")
	}
	return serve(t, func() loader {
		rt, err := native.New(native.Config{})
		if err != nil {
			t.Skipf("native processes: %v", err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			if err := rt.Close(ctx); err != nil {
				t.Error(err)
			}
		})
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil { // instances may have users of their own
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "main"), guesttest.BuildNative(t, source), 0o755); err != nil { //nolint:gosec // it is a program
			t.Fatal(err)
		}
		load := func(cfg runner.FunctionConfig, p native.Program) front.Function {
			p.Kind, p.Dir, p.FreePort = kind, dir, true
			f, err := rt.Load(context.Background(), cfg.WithHandler("main"), p)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		return loader{
			load: func(cfg runner.FunctionConfig, _ string) front.Function {
				return load(cfg, native.Program{Command: []string{"./main"}})
			},
			broken: func(d *deployed) {
				if err := os.WriteFile(filepath.Join(dir, "forbidden"), []byte("#!/bin/sh\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				for _, service := range []string{"", "conformance"} {
					for name, p := range map[string]native.Program{
						"exits":     {Command: []string{"/bin/false"}},
						"absent":    {Command: []string{"./absent"}},
						"forbidden": {Command: []string{"./forbidden"}},
						"mute":      {Command: []string{"/bin/sleep", "60"}, StartTimeout: 200 * time.Millisecond},
					} {
						cfg := runner.NewFunctionConfig("conformance-" + name).WithService(service)
						d.targets[key{service, cfg.Name(), runner.DefaultQualifier}] = front.Target{Function: load(cfg, p)}
					}
				}
			},
		}
	})
}
