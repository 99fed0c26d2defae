package engine

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// Quantum is how many ticks a guest may run before it comes back to the host,
// unless they take long; see pace.go. A tick is one loop iteration or function
// entry, so a quantum lasts between some ten microseconds and a millisecond. See
// RATIONALE.md, "Why is a tick not an instruction?".
const Quantum = 20_000

// registerMeter provides the function that metered guests call when their
// counter runs out.
func registerMeter(ctx context.Context, rt wazero.Runtime) error {
	_, err := rt.NewHostModuleBuilder(rewrite.MeterModule).NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, _ api.Module, _ []uint64) {
			instanceOf(ctx).refill()
		}), nil, nil).Export(rewrite.RefillImport).Instantiate(ctx)
	if err != nil {
		return fmt.Errorf("engine: registering meter: %w", err)
	}
	return nil
}

// refill is the one place where a running guest is charged, throttled and
// stopped: it gives the guest another quantum, or panics with the reason why
// there is none.
func (in *Instance) refill() {
	c := in.call
	in.pause()
	left := int64(in.fuel.Get())
	c.Ticks += in.granted - left
	in.observe(in.granted - left)
	in.grant()
	if !c.Deadline.IsZero() && !time.Now().Before(c.Deadline) {
		panic(ErrDeadline)
	}
	select {
	case <-c.Done:
		panic(ErrCanceled)
	default:
	}
	in.checkStack()
	if pause := in.settleCPU(); pause > 0 {
		in.sleep(pause)
	}
	in.unwatch(false) // a yield on a locked thread costs a thread switch
	runtime.Gosched()
	in.resume()
}

// startMeter grants the first quantum of a call. A throttled guest goes on
// with what is left of its last one, so that it cannot escape by many short
// calls.
func (in *Instance) startMeter() {
	in.granted = int64(in.fuel.Get())
	if !in.throttled || in.granted <= 0 || in.granted > in.module.pace.quantum() {
		in.grant()
	}
	in.resume()
}

// grant gives the guest another quantum.
func (in *Instance) grant() {
	in.granted = in.module.pace.quantum()
	in.fuel.Set(uint64(in.granted))
}

// stopMeter charges what the call used of its last quantum.
func (in *Instance) stopMeter() {
	in.pause()
	ticks := in.granted - int64(in.fuel.Get())
	in.observe(ticks)
	in.settleCPU()
	in.call.Ticks += ticks
}

// observe notes what the ticks of a quantum, or of a part of one, have taken.
func (in *Instance) observe(ticks int64) {
	in.module.pace.observe(ticks, in.quantum, !in.unknown)
	in.quantum, in.unknown = 0, false
}

// settleCPU charges the running time since it was last charged, and returns
// how long the guest has to pause for it.
func (in *Instance) settleCPU() time.Duration {
	ran := in.uncharged + time.Duration(in.aside.Swap(0))
	in.uncharged = 0
	if in.charge == nil {
		return 0
	}
	return in.charge(ran)
}

// Spent says that the host has worked for the guest, beside it, which the guest is
// charged for as if it had run. It may be called at any time.
func (in *Instance) Spent(d time.Duration) { in.aside.Add(int64(d)) }

// pause stops the CPU clock of the call, resume starts it again: what the
// guest waits for is not charged. Pausing twice is harmless.
func (in *Instance) pause() {
	if !in.slice.IsZero() {
		d := time.Since(in.slice)
		in.call.CPU += d
		in.uncharged += d
		if in.pinned {
			d = min(d, max(threadCPU()-in.cpuAt, 0))
			in.pinned = false
			runtime.UnlockOSThread()
		} else {
			in.unknown = true
		}
		in.quantum += d
		in.slice = time.Time{}
	}
}

func (in *Instance) resume() {
	if in.module.pace.watched() {
		// Whoever has run for long is moved to another thread on its way to pause.
		if !in.pinned { // by a sleep before, which resumes by itself
			runtime.LockOSThread()
		}
		in.pinned, in.cpuAt = true, threadCPU()
	}
	in.slice = time.Now()
}
