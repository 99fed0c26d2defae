package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/socket"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// A guest that serves connections is not called once per event. It runs for as
// long as there is something to do (Run), and waits in poll_oneoff for the
// host's descriptors: see package socket and abi/ABI.md, "Servers".

// NotListeningError says that a server did not open its listener.
type NotListeningError struct {
	Port      int   // that requests come to
	Elsewhere []int // the ports it listens on instead
}

func (e *NotListeningError) Error() string {
	if len(e.Elsewhere) == 0 {
		return fmt.Sprintf("engine: the program does not listen on port %d, which its requests come to (FC_SERVER_PORT in its environment)", e.Port)
	}
	ports := strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Elsewhere), " ", ", "), "[]")
	return fmt.Sprintf("engine: the program listens on port %s, its requests come to port %d: listen there (FC_SERVER_PORT in its environment), or set the function's port to %d",
		ports, e.Port, e.Elsewhere[0])
}

// until says when the host wants a run to end, beside [socket.Table.Stop].
type until uint8

const (
	stopped   until = iota
	accepting       // once the guest waits for connections
	idle            // once it has nothing to do but to wait
)

// Progress is what an instance has done in all its runs so far.
type Progress struct {
	CPU    time.Duration
	Ticks  int64
	Memory uint64 // size of the linear memory in bytes

	Waits   int64 // how often the guest came to wait
	Waiting bool  // it waits now
}

// progress is a [Progress] that others look at while the guest runs. It is
// brought up to date when the guest writes to a connection and when it waits.
type progress struct {
	cpu, ticks, memory, waits atomic.Int64
	waiting                   atomic.Bool
}

// Progress may be called at any time.
func (in *Instance) Progress() Progress {
	return Progress{
		CPU: time.Duration(in.done.cpu.Load()), Ticks: in.done.ticks.Load(), Memory: uint64(in.done.memory.Load()),
		Waits: in.done.waits.Load(), Waiting: in.done.waiting.Load(),
	}
}

// publish brings the instance's progress up to date.
func (in *Instance) publish() {
	c := in.call
	ran := c.CPU
	if !in.slice.IsZero() {
		ran += time.Since(in.slice)
	}
	in.done.cpu.Store(int64(in.earlier.CPU + ran))
	in.done.ticks.Store(in.earlier.Ticks + c.Ticks + in.granted - int64(in.fuel.Get()))
	in.done.memory.Store(int64(in.mem.Size()))
}

// Sockets returns the descriptors of a guest that serves connections.
func (in *Instance) Sockets() *socket.Table { return in.sockets }

// Run lets the guest go on until [socket.Table.Stop]. c.Head may hold a context;
// c.Deadline and c.Done end the run like any other call.
//
// # Errors
//
// Those of [Instance.Call]; also when the guest reports an error.
func (in *Instance) Run(c *Call) error { return in.runUntil(c, stopped) }

func (in *Instance) runUntil(c *Call, end until) error {
	c.Kind = abi.KindRun
	in.end = end
	status, err := in.Call(c)
	in.end = stopped
	in.earlier.CPU += c.CPU
	in.earlier.Ticks += c.Ticks
	in.done.cpu.Store(int64(in.earlier.CPU))
	in.done.ticks.Store(in.earlier.Ticks)
	in.done.memory.Store(int64(in.mem.Size()))
	switch {
	case err != nil:
		return err
	case status == abi.StatusError:
		return &ProtocolError{"the guest cannot run: " + c.Failure.Message}
	case status != abi.StatusOK:
		return &ProtocolError{fmt.Sprintf("the guest answered %s to run", status)}
	}
	return nil
}

// listen runs a guest that has just booted until it waits for connections.
func (in *Instance) listen(deadline time.Time, done <-chan struct{}) error {
	if in.sockets == nil {
		return &ProtocolError{"the guest serves connections but does not import " + abi.Module + "." + abi.ImportListen}
	}
	err := in.runUntil(&Call{Deadline: deadline, Done: done}, accepting)
	if listening, elsewhere := in.sockets.Listening(); errors.Is(err, ErrDeadline) && !listening {
		return &NotListeningError{in.sockets.Port(), elsewhere}
	}
	return err
}

// Quiesce runs the guest until it has nothing to do but to wait.
func (in *Instance) Quiesce(deadline time.Time) error {
	return in.runUntil(&Call{Deadline: deadline}, idle)
}

// parked is called when the guest waits and nothing is ready. It reports
// whether that changed something.
func (in *Instance) parked(accepts, timed bool) bool {
	switch in.end {
	case accepting:
		if !accepts {
			if listening, elsewhere := in.sockets.Listening(); !timed && !listening {
				panic(&NotListeningError{in.sockets.Port(), elsewhere})
			}
			return false
		}
	case idle:
	default:
		return false
	}
	in.end = stopped
	in.sockets.Stop()
	return true
}

// await waits until a descriptor may be ready, for d at most, or without a
// limit when d is negative. Unlike other waits it keeps the count of page
// faults: nothing of the guest's memory is written meanwhile.
func (in *Instance) await(d time.Duration) {
	in.done.waiting.Store(true)
	defer in.done.waiting.Store(false)
	in.outside(func() {
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
		case <-in.sockets.Wake():
		case <-expired:
			if kill {
				panic(ErrDeadline)
			}
		}
	})
}

// restoreSockets opens what was open when the snapshot was taken: the listener.
func (in *Instance) restoreSockets(s *snapshot.Snapshot) {
	if in.sockets != nil && s.Boot.Handles&abi.HandlesConnections != 0 {
		in.sockets.Restore()
	}
}

// refuses says why the descriptors keep the instance from being saved, or "".
func (in *Instance) refuses(boot abi.BootInfo) string {
	if fd := slices.Index(in.closed[:], true); fd >= 0 {
		return fmt.Sprintf("it has closed its descriptor %d, a standard stream", fd)
	}
	if in.sockets == nil || boot.Handles&abi.HandlesConnections == 0 {
		return ""
	}
	if n := in.sockets.Open(); n > 0 {
		return fmt.Sprintf("%d connections are open", n)
	}
	if listening, _ := in.sockets.Listening(); !listening {
		return "the program has closed its listener"
	}
	return ""
}
