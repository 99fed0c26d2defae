package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/hostfns/socket"
	"github.com/wafer-run/wafer/runner/internal/code"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// InstanceOptions configures an [Instance].
type InstanceOptions struct {
	// Env is the guest's environment as KEY=value; Args its arguments.
	Env  []string
	Args []string
	// MemoryLimit is the largest linear memory in bytes.
	MemoryLimit uint64
	// Recorder takes the log. It must not be shared between instances.
	Recorder *logs.Recorder
	// Charge is told how long the guest has been running since it was last
	// told, while the guest runs and at the end of each call, and returns how
	// long the guest has to pause. nil charges nobody.
	Charge func(ran time.Duration) (pause time.Duration)
	// Throttled says that Charge may return a pause.
	Throttled bool
	// Snapshot is what the instance starts from; nil starts it from the
	// module's data.
	Snapshot *snapshot.Snapshot
	// Populate is what calls are known to touch.
	Populate memory.WorkingSet
	// Resets prepares for resets that follow most calls.
	Resets bool
	// Port is where a guest that is a server has to listen.
	Port int

	stdin  io.Reader // of a command
	stdout io.Writer
}

// Instance is one sandbox. It is not safe for concurrent use; a second call
// while one runs is refused.
type Instance struct {
	engine  *Engine
	module  *Module
	mod     api.Module
	code    *code.Lease // as long as mod is there
	mem     *memory.Linear
	entry   api.Function
	frames  *stack // of entry, nil where it has its own
	running *stack // of what runs, likewise
	fuel    api.MutableGlobal
	globals []api.MutableGlobal
	rec     *logs.Recorder
	ctx     running
	busy    atomic.Bool
	dead    bool // trapped, killed or exited: only a reset or Close is left
	resting bool // see Rest
	likely  memory.WorkingSet

	call  *Call
	stack [2]uint64

	charge    func(time.Duration) time.Duration
	throttled bool
	granted   int64         // ticks granted by the last refill
	slice     time.Time     // when the guest last started to run
	uncharged time.Duration // running time not yet told to charge
	aside     atomic.Int64  // the same of what the host does beside the guest
	quantum   time.Duration // running time since the last refill, of its thread where that was asked for
	unknown   bool          // it was not, for a part of it
	pinned    bool          // to its thread, of which cpuAt was asked
	cpuAt     time.Duration // what its thread had run at slice

	offset int64 // of the monotonic clock
	floor  int64 // of the wall clock
	fresh  bool  // restored, and not yet told so

	track  bool  // watch page faults for the next reset
	quiet  bool  // no page fault since the last reset
	faults int64 // when the call began, while locked
	locked bool  // to its thread, for counting faults

	sockets *socket.Table // nil when the module does not listen
	stdout  io.Writer     // of a command
	closed  [standardStreams]bool
	end     until    // when the current run ends
	earlier Progress // of runs that have ended
	done    progress
}

// Instantiate makes an instance. With a snapshot it is ready for calls;
// otherwise [Instance.Boot] comes first.
//
// # Errors
//
// A [*memory.Error] when memory runs out, a [*Trap] or [*Exit] when the
// module's start fails.
func (m *Module) Instantiate(ctx context.Context, o InstanceOptions) (*Instance, error) {
	in := &Instance{engine: m.engine, module: m, rec: o.Recorder, charge: o.Charge, throttled: o.Throttled, track: o.Resets, call: &Call{}, stdout: o.stdout}
	in.ctx.in = in
	if m.listens {
		in.sockets = socket.New(o.Port)
	}
	var image *memory.Image
	if o.Snapshot != nil {
		image = o.Snapshot.Image
		in.startClocks(o.Snapshot.Clocks)
	}
	mem := m.engine.spares.Take(o.MemoryLimit, image)
	used := mem != nil
	if !used {
		var err error
		if mem, err = memory.New(o.MemoryLimit, image); err != nil {
			return nil, fmt.Errorf("engine: creating instance: %w", err)
		}
	}
	if need := uint64(m.report.MemoryMin) * memory.WasmPageSize; need > max(o.MemoryLimit, mem.Size()) {
		mem.Free()
		return nil, fmt.Errorf("engine: creating instance: the module needs %d bytes of memory from the start, the limit is %d", need, o.MemoryLimit)
	}
	in.mem = mem
	var err error
	if in.code, err = m.code.Acquire(ctx); err != nil {
		mem.Free()
		return nil, fmt.Errorf("engine: creating instance: %w", err)
	}
	mod, err := m.engine.rt.InstantiateModule(
		experimental.WithMemoryAllocator(ctx, mem), in.code.Module(), in.moduleConfig(o))
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("engine: creating instance: %w", err)
	}
	in.mod = mod
	if err := in.attach(o.Snapshot); err != nil {
		in.Close()
		return nil, err
	}
	if !used {
		mem.Populate(o.Populate)
	}
	return in, nil
}

// moduleConfig builds the instance's configuration from scratch: wazero's
// configs share their environment with those derived from them.
func (in *Instance) moduleConfig(o InstanceOptions) wazero.ModuleConfig {
	cfg := wazero.NewModuleConfig().
		WithName("").
		WithStartFunctions().
		WithRandSource(rand.Reader). // nobody asks it; wazero's own has 5 KiB
		WithWalltime(in.walltime, 1).
		WithNanotime(in.monotonic, 1).
		WithArgs(o.Args...)
	for _, kv := range o.Env {
		k, v, _ := strings.Cut(kv, "=")
		cfg = cfg.WithEnv(k, v)
	}
	if o.stdin != nil {
		cfg = cfg.WithStdin(o.stdin)
	}
	return cfg
}

// attach looks up what calls need, once, and fills memory and globals.
func (in *Instance) attach(s *snapshot.Snapshot) error {
	m := in.module
	in.fuel, _ = in.mod.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal)
	if in.fuel == nil {
		return &ModuleError{Reason: "it has no meter"}
	}
	if len(m.globals) > 0 {
		in.globals = make([]api.MutableGlobal, len(m.globals))
		for i, name := range m.globals {
			in.globals[i] = in.mod.ExportedGlobal(name).(api.MutableGlobal)
		}
	}
	if s != nil {
		if have := in.mod.Memory().Size(); uint64(have) < s.Image.Size() {
			if _, ok := in.mod.Memory().Grow(uint32((s.Image.Size() - uint64(have)) / memory.WasmPageSize)); !ok {
				return fmt.Errorf("engine: creating instance: growing memory to the snapshot's %d bytes", s.Image.Size())
			}
		}
		in.restoreGlobals(s)
		in.restoreSockets(s)
		in.fresh = true
	} else {
		if err := m.code.EachSegment(func(seg rewrite.Segment) error {
			if !in.mod.Memory().Write(seg.Offset, seg.Data) {
				return &ModuleError{Reason: fmt.Sprintf("data segment at %#x (%d bytes) is outside the memory", seg.Offset, len(seg.Data))}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	in.enter()
	return nil
}

// enter looks up where calls begin.
func (in *Instance) enter() {
	if in.module.style != Reactor {
		return
	}
	if in.entry = in.mod.ExportedFunction(abi.ExportCall); in.entry != nil {
		in.frames = in.module.stacks.own(in.entry)
	}
}

// Call runs one event through the guest. It returns the guest's status; what
// the guest answered is in c.
//
// # Errors
//
// [ErrDeadline], [ErrCanceled], [*Exit], [*Trap], [*hostfns.Fault],
// [*ProtocolError] and [ErrBusy]. After all but the last the instance is dead:
// close it or reset it.
func (in *Instance) Call(c *Call) (abi.Status, error) {
	in.stack[0], in.stack[1] = uint64(c.Kind), uint64(c.size())
	if err := in.run(nil, in.stack[:], c); err != nil {
		return 0, err
	}
	status := abi.Status(uint32(in.stack[0]))
	switch {
	case status > abi.StatusMalformed:
		in.dead = true
		return 0, &ProtocolError{fmt.Sprintf("%s returned %s for %s", abi.ExportCall, status, c.Kind)}
	case status == abi.StatusMalformed:
		in.dead = true
		return 0, &ProtocolError{fmt.Sprintf("the guest could not decode the %s request", c.Kind)}
	case status == abi.StatusError && c.Failure == nil:
		c.Failure = &abi.Error{Message: "the guest reported an error without describing it"}
	}
	return status, nil
}

// run calls an exported function, nil for the entry point, as the call c.
func (in *Instance) run(f api.Function, stack []uint64, c *Call) error {
	if !in.busy.CompareAndSwap(false, true) {
		return ErrBusy
	}
	defer in.busy.Store(false)
	if in.dead {
		return &ProtocolError{"the instance is dead"}
	}
	in.wake()
	frames := in.frames
	if f == nil {
		f = in.entry
	} else {
		frames = in.module.stacks.own(f)
	}
	if frames != nil {
		in.running = frames
		in.module.stacks.lend(frames)
		defer in.leave()
	}
	c.clear()
	in.call = c
	in.mem.TakeRefused()
	in.watch()
	in.startMeter()
	err := f.CallWithStack(&in.ctx, stack)
	in.stopMeter()
	in.unwatch(true)
	if err != nil {
		in.dead = true
		return classify(err)
	}
	return nil
}

// leave takes the stack back. Nothing keeps the call engine of a resting instance
// alive then.
func (in *Instance) leave() {
	in.module.stacks.recover(in.running)
	in.running = nil
}

// classify turns what wazero returns into an error of this package.
func classify(err error) error {
	var (
		exit  *Exit
		fault *hostfns.Fault
		sysEx *sys.ExitError
		port  *NotListeningError
		trap  *Trap
	)
	reason, stack, _ := strings.Cut(err.Error(), "\nwasm stack trace:\n")
	switch {
	case errors.As(err, &port):
		return port
	case errors.As(err, &exit):
		return exit
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &sysEx):
		return &Exit{Code: sysEx.ExitCode()}
	case errors.Is(err, ErrDeadline):
		return ErrDeadline
	case errors.Is(err, ErrCanceled):
		return ErrCanceled
	case errors.As(err, &trap):
		return &Trap{Reason: trap.Reason, Stack: stack}
	}
	return &Trap{Reason: strings.TrimPrefix(reason, "wasm error: "), Stack: stack}
}

// MemorySize returns the size of the linear memory in bytes. A wasm memory
// never shrinks, so it is also the most that was used.
func (in *Instance) MemorySize() uint64 { return in.mem.Size() }

// Memory returns the linear memory. It aliases the instance and is valid until
// its next call.
func (in *Instance) Memory() []byte {
	in.wake()
	mem := in.mod.Memory()
	b, _ := mem.Read(0, mem.Size())
	return b
}

// TookRefusal reports whether a memory.grow was refused during the last call.
func (in *Instance) TookRefusal() bool { return in.mem.TakeRefused() }

// Dead reports whether the instance may no longer be called.
func (in *Instance) Dead() bool { return in.dead }

// Fresh reports whether the instance was restored from a snapshot and no call
// has told the guest so yet. It reports so once.
func (in *Instance) Fresh() bool {
	f := in.fresh
	in.fresh = false
	return f
}

// Recorder returns the instance's log.
func (in *Instance) Recorder() *logs.Recorder { return in.rec }

// Close frees the instance. It may be called more than once.
func (in *Instance) Close() {
	if in.mod != nil {
		_ = in.mod.Close(context.Background())
		in.mod, in.entry, in.frames = nil, nil, nil
	}
	in.code.Release()
	if in.mem != nil {
		in.engine.spares.Put(in.mem)
		in.mem = nil
	}
}
