package runner

import (
	"cmp"
	"context"
	"sync/atomic"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/pool"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// Function is a loaded function with its instances. It is safe for concurrent
// use.
type Function struct {
	cfg    FunctionConfig
	runner *Runner
	module *engine.Module
	pool   *pool.Pool[*instance]
	boot   abi.BootInfo // of the first instance
	env    []string
	prefix []byte     // of every request frame
	common []abi.Pair // headers of every request, for servers

	snap       *snapshot.Snapshot                // what instances start from, or nil
	snapKey    snapshot.Key                      // what it is kept under
	snapStored bool                              // it came from the store
	noSnapshot string                            // why snap is nil
	noWarmup   string                            // why snap is without the warm-up events
	working    atomic.Pointer[memory.WorkingSet] // what a first invocation touches
	lastUsed   atomic.Int64                      // Unix nanoseconds
	account    account                           // of the function
	tenant     *account
}

// instance is one sandbox and what the function knows about it. One
// invocation at a time owns it.
type instance struct {
	eng         *engine.Instance // nil for commands
	id          string
	boot        abi.BootInfo
	call        engine.Call
	head        []byte // request frame, used again
	initialized bool
	thawed      atomic.Bool // used since the pre-freeze hook last ran
	serving     *serving    // of a server
	invocations int
	cost        int64 // bytes charged to the budget
}

// Config returns the function's configuration.
func (f *Function) Config() FunctionConfig { return f.cfg }

// Checksum returns the CRC-64 (ECMA) of the function's code: of its package, if
// the configuration has that, or of the module.
func (f *Function) Checksum() uint64 { return cmp.Or(f.cfg.checksum, f.module.Checksum()) }

// HandlesHTTP reports whether the program is a server, or its handler takes HTTP
// requests as they are.
// Other handlers get them as events, in the form of FC's HTTP trigger.
func (f *Function) HandlesHTTP() bool {
	return f.boot.Handles&(abi.HandlesHTTP|abi.HandlesConnections) != 0
}

// EventsOnly reports whether the handler takes no HTTP requests as they are,
// now and later. In FC 2.0 such functions have no HTTP trigger.
func (f *Function) EventsOnly() bool { return !f.HandlesHTTP() }

// Stats counts what a function's instances have done. Live = Busy + Idle.
type Stats struct {
	Live, Busy, Idle int   // instances now
	Resting          int   // of the idle ones, see [FunctionConfig.WithRestTime]
	Waiting          int   // invocations in the queue now
	Created          int64 // instances made since Load
	Destroyed        int64 // instances destroyed since Load
	Reused           int64 // invocations that found an instance
	Rejected         int64 // invocations that the queue turned away, or that gave up waiting
	Queued           int64 // invocations that came into the queue, also those that gave up
	CreateFailed     int64 // instances that could not be made
	Dropped          int64 // of Destroyed: they died, were used up, or could not be reset
	Expired          int64 // of Destroyed: idle for longer than [FunctionConfig.WithIdleTimeout] allows
	Evicted          int64 // of Destroyed: idle ones, for the budget of [Config.WithMemoryBudget]
	Account                // what its instances have run, now included
}

// Stats returns the counters as they are now.
func (f *Function) Stats() Stats {
	s := f.pool.Stats()
	return Stats{
		Live: s.Live, Busy: s.Busy, Idle: s.Idle, Resting: s.Resting, Waiting: s.Waiting,
		Created: s.Created, Destroyed: s.Destroyed, Reused: s.Reused, Rejected: s.Rejected,
		Queued: s.Queued, CreateFailed: s.CreateFailed, Dropped: s.Dropped, Expired: s.Expired, Evicted: s.Evicted,
		Account: f.account.read(),
	}
}

// Close turns new invocations away, waits for those that run until ctx is
// done, runs the pre-stop hooks and frees everything.
func (f *Function) Close(ctx context.Context) error {
	if err := f.pool.Close(ctx); err != nil {
		return err
	}
	f.runner.remove(f)
	f.free()
	return nil
}

// free gives back what is not an instance.
func (f *Function) free() {
	bg := context.Background()
	_ = f.pool.Close(bg)
	_ = f.module.Close(bg)
	if f.snap != nil {
		f.runner.engine.Forget(f.snap)
		f.snap.Close()
	}
}
