package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/pool"
)

// Load makes a function of a wasm file: it checks and compiles the module and
// boots a first instance, so that a broken guest is found here and not by its
// first caller. wasm is not kept.
//
// # Errors
//
// A [*LoadError] that wraps what is wrong with the configuration, the file or
// the guest; [ErrClosed].
func (r *Runner) Load(ctx context.Context, cfg FunctionConfig, wasm []byte) (*Function, error) {
	ctx, ended, err := r.beginLoad(ctx)
	if err != nil {
		return nil, err
	}
	defer ended()
	fail := func(err error) (*Function, error) {
		if errors.Is(context.Cause(ctx), ErrClosed) {
			return nil, ErrClosed
		}
		return nil, &LoadError{Function: cfg.name, Err: err}
	}
	if err := cfg.validateModule(); err != nil {
		return fail(err)
	}
	f := &Function{
		cfg: cfg, runner: r, env: environ(cfg.env), prefix: contextPrefix(cfg),
	}
	f.tenant = r.tenant(cfg.tenant)
	module, err := r.engine.Prepare(ctx, wasm, cfg.grants)
	if err != nil {
		return fail(err)
	}
	f.module = module
	concurrency := 1
	if module.Listens() {
		f.env, f.common = cfg.environ(), cfg.described().Headers()
		if cfg.isolation == IsolationInstance {
			concurrency = cfg.concurrency
		}
	}
	f.pool = pool.New(pool.Config[*instance]{
		Max: cfg.maxInstances, MaxQueue: cfg.maxQueue, QueueTime: cfg.queueTimeout, IdleTime: cfg.idleTimeout,
		Spares: cfg.spares, Concurrency: concurrency,
		New: f.newInstance, Destroy: f.destroy,
		RestTime: max(cfg.restTime, 0), Rest: f.rest,
	})
	if err := f.prime(ctx); err != nil {
		f.free()
		return fail(err)
	}
	if err := r.add(f); err != nil {
		f.free()
		return nil, err
	}
	if !f.snapStored {
		r.janitor.grown()
	}
	return f, nil
}

// environ lists an environment in a fixed order: it becomes a part of what
// instances start from.
func environ(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return list
}

// contextPrefix encodes the part of every request frame that never changes.
func contextPrefix(c FunctionConfig) []byte {
	return (&abi.Context{
		Timeout:         uint32(min(c.timeout.Milliseconds(), 1<<32-1)),
		FunctionName:    c.name,
		FunctionHandler: c.handler,
		Memory:          uint32(c.memory),
		ServiceName:     c.service,
		LogProject:      c.logProject,
		LogStore:        c.logStore,
		Qualifier:       c.qualifier,
		VersionID:       c.version,
		Region:          c.region,
		AccountID:       c.account,
	}).AppendTo(nil)
}

// newInstance makes an instance: from the snapshot where there is one.
func (f *Function) newInstance(ctx context.Context) (*instance, error) {
	if f.module.Style() == engine.Command {
		return &instance{id: NewInstanceID()}, nil // it gets a sandbox per event
	}
	if f.snap == nil {
		return f.bootInstance(ctx)
	}
	id := NewInstanceID()
	o := f.instanceOptions(id)
	o.Snapshot = f.snap
	o.Resets = f.cfg.isolation == IsolationRequest
	if w := f.working.Load(); w != nil {
		o.Populate = *w
	}
	eng, err := f.module.Instantiate(ctx, o)
	if err != nil {
		return nil, err
	}
	return f.equip(&instance{eng: eng, id: id, boot: f.snap.Boot, initialized: f.snap.Initialized}), nil
}

// bootInstance makes an instance from the module's data and boots it.
func (f *Function) bootInstance(ctx context.Context) (*instance, error) {
	start := time.Now()
	id := NewInstanceID()
	eng, err := f.module.Instantiate(ctx, f.instanceOptions(id))
	if err != nil {
		return nil, err
	}
	boot, err := eng.Boot(start.Add(f.cfg.initTimeout), ctx.Done())
	if err != nil {
		eng.Recorder().Flush()
		tail := string(eng.Recorder().Tail())
		eng.Close()
		return nil, &InvokeError{
			Kind: BootFailed, Function: f.cfg.name, Err: err, Type: "FunctionNotStarted",
			Message: bootMessage(err, tail, time.Since(start)),
		}
	}
	return f.equip(&instance{eng: eng, id: id, boot: *boot}), nil
}

// bootMessage says why an instance did not come up, with what it printed.
func bootMessage(err error, log string, took time.Duration) string {
	s := fmt.Sprintf("the function did not start (duration: %sms): %v", strconv.FormatInt(took.Milliseconds(), 10), err)
	if log != "" {
		s += "\nlog:\n" + log
	}
	return s
}

func (f *Function) instanceOptions(id string) engine.InstanceOptions {
	return engine.InstanceOptions{
		Env: f.env, Args: []string{f.cfg.handler},
		MemoryLimit: uint64(f.cfg.memory) << 20,
		Recorder:    logs.NewFrom(f.cfg.LogSource(id), f.runner.cfg.logSink),
		Charge:      f.charger(),
		Throttled:   f.cfg.cpu > 0 && f.cfg.cpu < 1,
		Port:        f.cfg.server.port(),
	}
}
