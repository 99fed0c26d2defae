package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/hostfns"
)

// WASIModule is the import module of WASI preview 1.
const WASIModule = wasi_snapshot_preview1.ModuleName

// registerWASI provides WASI. wazero's functions do some of it; the ones that
// wait, end the process or handle as much as the guest likes are ours, because
// all have to end at the deadline, and an exit must leave the instance's memory
// readable until the call is accounted for. Nor does wazero know the host's
// descriptors; see descriptors.go.
func registerWASI(ctx context.Context, rt wazero.Runtime) error {
	theirs := rt.NewHostModuleBuilder("wafer-plain-wasi")
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(theirs)
	m, err := theirs.Compile(ctx)
	if err != nil {
		return fmt.Errorf("engine: registering WASI: %w", err)
	}
	b := rt.NewHostModuleBuilder(WASIModule)
	for name, def := range m.ExportedFunctions() {
		plain, ok := def.GoFunction().(api.GoModuleFunction)
		if !ok {
			return fmt.Errorf("engine: registering WASI: wazero's %s is a %T", name, def.GoFunction())
		}
		do := wasiFunc(name, plain)
		b = b.NewFunctionBuilder().WithGoModuleFunction(
			api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
				instanceOf(ctx).spend(callTicks)
				do.Call(ctx, m, stack)
			}), def.ParamTypes(), def.ResultTypes()).Export(name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("engine: registering WASI: %w", err)
	}
	return nil
}

// wasiFunc returns what does the work of one of WASI's functions, of which plain
// is wazero's.
func wasiFunc(name string, plain api.GoModuleFunction) api.GoModuleFunction {
	for _, f := range descriptorFuncs() {
		if f.name == name {
			return f.before(plain)
		}
	}
	if strings.HasPrefix(name, "path_") || name == "fd_pread" || name == "fd_pwrite" {
		return api.GoModuleFunc(noFiles)
	}
	do := map[string]func(context.Context, hostfns.Memory, []uint64){
		"random_get": randomGet, "poll_oneoff": pollOneoff, "sched_yield": schedYield, "proc_exit": procExit,
	}[name]
	if do == nil {
		return plain
	}
	fn := WASIModule + "." + name
	return api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
		do(ctx, hostfns.NewMemory(fn, m), stack)
	})
}

func schedYield(ctx context.Context, _ hostfns.Memory, stack []uint64) {
	in := instanceOf(ctx)
	in.unwatch(false)
	in.pause()
	runtime.Gosched()
	in.resume()
	stack[0] = wasiSuccess
}

func procExit(_ context.Context, _ hostfns.Memory, stack []uint64) {
	panic(&Exit{Code: uint32(stack[0])})
}

// Numbers of WASI preview 1 used here, from
// https://github.com/WebAssembly/WASI/blob/snapshot-01/phases/snapshot/docs.md.
const (
	wasiSuccess = 0
	wasiEBADF   = 8
	wasiEINVAL  = 28

	eventClock   = 0
	eventFDRead  = 1
	eventFDWrite = 2

	clockRealtime = 0
	clockAbstime  = 1

	subscriptionSize = 48
	eventSize        = 32
	maxSubscriptions = 4096
)

// clockTimeout returns how long the clock subscription c has to wait.
func (in *Instance) clockTimeout(c []byte) time.Duration {
	timeout := binary.LittleEndian.Uint64(c[8:])
	if binary.LittleEndian.Uint16(c[24:])&clockAbstime == 0 {
		return clampDuration(timeout)
	}
	now := uint64(in.monotonic())
	if binary.LittleEndian.Uint32(c) == clockRealtime {
		sec, nsec := in.walltime()
		now = uint64(sec)*1e9 + uint64(nsec)
	}
	if timeout <= now {
		return 0
	}
	return clampDuration(timeout - now)
}

// clockTimeoutAfter returns what is left of subscription c once slept has
// passed. An absolute timeout is compared with the clock.
func (in *Instance) clockTimeoutAfter(c []byte, slept time.Duration) time.Duration {
	d := in.clockTimeout(c)
	if binary.LittleEndian.Uint16(c[24:])&clockAbstime == 0 {
		d -= slept
	}
	return d
}

func clampDuration(ns uint64) time.Duration {
	const most = uint64(1<<63 - 1)
	return time.Duration(min(ns, most))
}

// sleep waits for d, or for ever when d is negative. It panics with
// [ErrDeadline] or [ErrCanceled] when the call has to end first.
func (in *Instance) sleep(d time.Duration) {
	in.unwatch(false)
	in.pause()
	defer in.resume()
	c := in.call
	kill := false
	if !c.Deadline.IsZero() {
		if left := time.Until(c.Deadline); d < 0 || left < d {
			d, kill = max(left, 0), true
		}
	}
	var expired <-chan time.Time
	if d >= 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-c.Done:
		panic(ErrCanceled)
	case <-expired:
	}
	if kill {
		panic(ErrDeadline)
	}
}
