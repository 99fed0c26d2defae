package site

import (
	"fmt"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// defaultHandler is what the FC tool takes for functions without a handler.
const defaultHandler = "index.handler"

// configOf returns the configuration that a manifest's function has in FC, with
// what is wafer's own on top.
func configOf(f *manifest.Function, account string) (runner.FunctionConfig, error) {
	cfg := runner.NewFunctionConfig(f.Name).
		WithService(f.Service).WithRegion(f.Region, account).WithHandler(defaultHandler).
		WithMemory(f.Memory).WithTimeout(f.Timeout).WithCPU(f.CPU).WithConcurrency(f.Concurrency).
		WithEnv(f.Env).WithLogStore(f.LogProject, f.LogStore)
	if f.Handler != "" {
		cfg = cfg.WithHandler(f.Handler)
	}
	if f.Initializer != nil {
		cfg = cfg.WithInitializationTimeout(f.Initializer.Timeout)
	}
	freeze, stop := cfg.HookTimeouts()
	if f.PreFreeze != nil {
		freeze = f.PreFreeze.Timeout
	}
	if f.PreStop != nil {
		stop = f.PreStop.Timeout
	}
	named := func(h *manifest.Hook) string {
		if h == nil {
			return ""
		}
		return h.Handler
	}
	names := runner.HookHandlers{Initializer: named(f.Initializer), PreFreeze: named(f.PreFreeze), PreStop: named(f.PreStop)}
	cfg = cfg.WithHookTimeouts(freeze, stop).WithServer(runner.Server{ // if it is one
		Port: f.Process.Port, Named: names,
		Initializer: names.Initializer != "", PreFreeze: names.PreFreeze != "", PreStop: names.PreStop != "",
	})
	return extend(cfg, f)
}

// extend applies what is wafer's own.
func extend(cfg runner.FunctionConfig, f *manifest.Function) (runner.FunctionConfig, error) {
	e := &f.Extension
	if f.Exclusive {
		cfg = cfg.WithIsolation(runner.IsolationRequest)
	}
	if e.Isolation != "" {
		var i runner.Isolation
		if err := i.UnmarshalText([]byte(e.Isolation)); err != nil {
			return cfg, fmt.Errorf("site: configuring %s: %w", f.ID, err)
		}
		cfg = cfg.WithIsolation(i)
	}
	if e.Snapshot != "" {
		var m runner.SnapshotMode
		if err := m.UnmarshalText([]byte(e.Snapshot)); err != nil {
			return cfg, fmt.Errorf("site: configuring %s: %w", f.ID, err)
		}
		cfg = cfg.WithSnapshot(m)
	}
	if e.Instances > 0 {
		cfg = cfg.WithMaxInstances(e.Instances)
	}
	length, timeout := cfg.Queue()
	if e.QueueLength != nil {
		length = *e.QueueLength
	}
	if e.QueueTimeout != nil {
		timeout = *e.QueueTimeout
	}
	if e.IdleTimeout != nil {
		cfg = cfg.WithIdleTimeout(*e.IdleTimeout)
	}
	return cfg.WithQueue(length, timeout).WithWarmup(e.Warmup...).WithSpares(e.Spares).
		WithMaxInvocations(e.MaxInvocations).WithTenant(e.Tenant), nil
}
