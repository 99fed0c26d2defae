package site

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/native"
)

// settings is what a configuration says, as far as it comes from a manifest.
type settings struct {
	Name, Service, Handler, Region, Account string
	LogProject, LogStore, Tenant            string
	Memory, Concurrency, Instances          int
	Invocations, Queue, Spares              int
	CPU                                     float64
	Timeout, Init, Freeze, Stop, Wait, Idle time.Duration
	Env                                     map[string]string
	Isolation                               runner.Isolation
	Hooks                                   runner.HookHandlers
}

func settingsOf(c runner.FunctionConfig) settings {
	s := settings{
		Name: c.Name(), Service: c.Service(), Handler: c.Handler(), Region: c.Region(), Account: c.Account(),
		Tenant: c.Tenant(), Memory: c.Memory(), Concurrency: c.Concurrency(), Instances: c.MaxInstances(),
		Invocations: c.MaxInvocations(), Spares: c.Spares(), CPU: c.CPU(), Timeout: c.Timeout(),
		Init: c.InitializationTimeout(), Idle: c.IdleTimeout(), Env: c.Env(), Isolation: c.Isolation(),
		Hooks: c.Server().Handlers(),
	}
	s.LogProject, s.LogStore = c.LogStore()
	s.Queue, s.Wait = c.Queue()
	s.Freeze, s.Stop = c.HookTimeouts()
	return s
}

// TestProgramOf: every setting of a native program reaches it.
func TestProgramOf(t *testing.T) {
	start := 7 * time.Second
	f := manifest.Function{
		Runtime: "custom", Process: manifest.Process{
			Command: []string{"/code/server", "-v"}, Args: []string{"x"},
			Health: &manifest.Health{Path: "/ready", Period: time.Second, Timeout: 2 * time.Second, FailuresAllowed: 4, SuccessesWant: 5},
		},
		Extension: manifest.Extension{Egress: true, FreePort: true, StartTimeout: &start},
	}
	want := native.Program{
		Kind: native.Custom, Dir: "/dir", Command: []string{"./server", "-v"}, Args: []string{"x"}, Port: 8080,
		Egress: true, FreePort: true, StartTimeout: start, PreStop: true,
		HealthCheck: &native.HealthCheck{Path: "/ready", Period: time.Second, Timeout: 2 * time.Second, FailureThreshold: 4, SuccessThreshold: 5},
	}
	if diff := cmp.Diff(want, programOf(&f, runner.Server{Port: 8080, PreStop: true}, "/dir", "server")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestConfigOf: every setting of a manifest reaches the configuration, and what
// it does not set has the defaults of FC, or of package runner.
func TestConfigOf(t *testing.T) {
	zero, second := 0, time.Second
	for name, c := range map[string]struct {
		f    manifest.Function
		want settings
	}{
		"defaults": {
			manifest.Function{Name: "f", Memory: 512, Timeout: 3 * time.Second, Concurrency: 1},
			settings{
				Name: "f", Handler: "index.handler", Memory: 512, Concurrency: 1, Instances: runner.DefaultMaxInstances,
				Queue: runner.DefaultMaxQueue, Timeout: 3 * time.Second, Init: runner.DefaultInitTimeout,
				Freeze: runner.DefaultHookTimeout, Stop: runner.DefaultHookTimeout, Wait: runner.DefaultQueueTimeout, Idle: runner.DefaultIdleTimeout,
			},
		},
		"everything": {
			manifest.Function{
				Name: "f", Service: "s", Handler: "h", Region: "r", LogProject: "p", LogStore: "l",
				Memory: 1024, CPU: .5, Timeout: time.Minute, Concurrency: 20, Env: map[string]string{"A": "B"},
				Exclusive:   true,
				Initializer: &manifest.Hook{Handler: "main.setUp", Timeout: 30 * time.Second}, PreFreeze: &manifest.Hook{Timeout: 4 * time.Second}, PreStop: &manifest.Hook{Handler: "main.tearDown", Timeout: 5 * time.Second},
				Extension: manifest.Extension{
					Spares: 2, Instances: 7, MaxInvocations: 9, QueueLength: &zero, QueueTimeout: &second, IdleTimeout: &second, Tenant: "t",
				},
			},
			settings{
				Name: "f", Service: "s", Handler: "h", Region: "r", Account: "123", LogProject: "p", LogStore: "l", Tenant: "t",
				Memory: 1024, Concurrency: 20, Instances: 7, Invocations: 9, Queue: 0, Spares: 2, CPU: .5,
				Timeout: time.Minute, Init: 30 * time.Second, Freeze: 4 * time.Second, Stop: 5 * time.Second, Wait: second, Idle: second,
				Env: map[string]string{"A": "B"}, Isolation: runner.IsolationRequest,
				Hooks: runner.HookHandlers{Initializer: "main.setUp", PreStop: "main.tearDown"},
			},
		},
		"wafer's own isolation is the last word": {
			manifest.Function{Name: "f", Memory: 512, Timeout: time.Second, Concurrency: 1, Exclusive: true, Extension: manifest.Extension{Isolation: "instance", Snapshot: "init"}},
			settings{
				Name: "f", Handler: "index.handler", Memory: 512, Concurrency: 1, Instances: runner.DefaultMaxInstances,
				Queue: runner.DefaultMaxQueue, Timeout: time.Second, Init: runner.DefaultInitTimeout, Isolation: runner.IsolationInstance,
				Freeze: runner.DefaultHookTimeout, Stop: runner.DefaultHookTimeout, Wait: runner.DefaultQueueTimeout, Idle: runner.DefaultIdleTimeout,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := configOf(&c.f, c.want.Account)
			if err != nil {
				t.Fatal(err)
			}
			if err := cfg.Validate(); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(c.want, settingsOf(cfg)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
