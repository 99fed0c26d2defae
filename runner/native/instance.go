package native

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/instancelog"
	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// instance is one process tree and what the function knows about it. As many
// invocations as its concurrency allows have it at once.
type instance struct {
	f       *Function
	id      string
	network *process.Network
	proc    *process.Process
	log     *instancelog.Log
	driver  driver
	hooks   hooks

	gate        chan struct{} // full while the initializer runs
	initialized atomic.Bool
	invocations atomic.Int64
	ids         sync.Map      // request ids of those that run
	spoiled     atomic.Bool   // it must not be used any more
	thawed      atomic.Bool   // used since the pre-freeze hook last ran
	quit        chan struct{} // closed when it is destroyed
}

// hooks are those that a program has.
type hooks struct{ initializer, preFreeze, preStop bool }

// spoil keeps the instance from being used again, and its hooks from running.
func (in *instance) spoil() { in.spoiled.Store(true) }

// dead reports whether the instance can serve nobody.
func (in *instance) dead() bool {
	if in.spoiled.Load() {
		return true
	}
	select {
	case <-in.proc.Done():
		return true
	default:
		return false
	}
}

// watch notices when an idle instance ends or falls ill.
func (in *instance) watch() {
	var check <-chan time.Time
	h := in.f.program.HealthCheck
	if h != nil && in.f.program.Kind == Custom {
		ticker := time.NewTicker(h.Period)
		defer ticker.Stop()
		check = ticker.C
	}
	for failures := 0; ; {
		select {
		case <-in.quit:
			return
		case <-in.proc.Done():
		case <-check:
			if in.healthy(h) {
				failures = 0
				continue
			}
			if failures++; failures < h.FailureThreshold {
				continue
			}
			in.log.Note("wafer: the instance failed its health check and is replaced")
		}
		in.spoil()
		if in.f.pool.Take(in) {
			in.f.pool.Drop(in)
		}
		return
	}
}

// free ends the process and gives back what the instance holds, as far as it
// has been made.
func (in *instance) free() {
	if in.proc != nil {
		in.proc.Kill()
		<-in.proc.Done()
		in.f.strike(in)
	}
	if in.driver != nil {
		in.driver.close()
	}
	if in.log != nil {
		in.log.Close()
	}
	if in.network != nil {
		_ = in.network.Close() // nothing is in it any more
	}
}

// destroy runs the hooks of an instance that still can, and frees it.
func (f *Function) destroy(in *instance) {
	if f.cfg.Isolation() == runner.IsolationInstance {
		if in.thawed.Load() && !in.dead() {
			in.background(preFreeze)
		}
		if in.hooks.preStop && !in.dead() {
			in.background(preStop)
		}
	}
	close(in.quit)
	in.free()
}

// freezeDelay is how long an instance must have been idle before its
// pre-freeze hook runs. Without it, a caller who comes back at once would find
// the instance busy with the hook and wait for another one.
const freezeDelay = 20 * time.Millisecond

// release gives an instance back, or destroys it when it must not be used
// again.
func (f *Function) release(in *instance) {
	most := int64(f.cfg.MaxInvocations())
	switch {
	case in.dead(), f.cfg.Isolation() == runner.IsolationRequest:
		f.pool.Drop(in)
	case most > 0 && in.invocations.Load() >= most:
		if in.hooks == (hooks{}) {
			f.pool.Drop(in)
			return
		}
		go f.pool.Drop(in) // the caller does not wait for hooks
	default:
		in.thawed.Store(in.hooks.preFreeze)
		hooked := in.hooks.preFreeze
		f.put(in) // from here on it may be somebody else's
		if hooked {
			time.AfterFunc(freezeDelay, func() { f.freeze(in) })
		}
	}
}

// put gives an instance back that can be used again, unless it has ended
// meanwhile: then watch did not find it idle.
func (f *Function) put(in *instance) {
	f.pool.Put(in)
	if in.dead() && f.pool.Take(in) {
		f.pool.Drop(in)
	}
}

// freeze runs the pre-freeze hook of an instance that has been idle since it
// was last used.
func (f *Function) freeze(in *instance) {
	if !f.pool.Take(in) {
		return // in use again, or gone
	}
	if in.thawed.Swap(false) {
		in.background(preFreeze)
	}
	if in.dead() {
		f.pool.Drop(in)
		return
	}
	f.put(in)
}
