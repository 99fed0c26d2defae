package engine

import (
	"fmt"
	"runtime"

	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// CanReset reports whether the instance can go back to its snapshot. One that
// grew or died cannot: a fresh instance costs little more.
func (in *Instance) CanReset() bool { return !in.dead && !in.mem.Grown() }

// Reset brings the instance back to the snapshot it was started from. Nothing
// of the calls so far is left in it, and its next call is told that it was
// restored.
//
// # Errors
//
// A [*memory.Error]; the instance must then be closed.
func (in *Instance) Reset(s *snapshot.Snapshot) (memory.Reset, error) {
	if !in.CanReset() {
		return memory.Reset{}, fmt.Errorf("engine: resetting instance: it is dead or has grown")
	}
	r, err := in.mem.Reset(in.engine.pages, in.quiet)
	if err != nil {
		in.dead = true
		return r, fmt.Errorf("engine: resetting instance: %w", err)
	}
	in.restoreGlobals(s)
	in.restoreSockets(s)
	in.startClocks(s.Clocks)
	in.rec.Flush()
	in.fresh, in.quiet, in.closed = true, true, [standardStreams]bool{}
	return r, nil
}

// Learn returns the pages of its snapshot that the instance has touched so far,
// for [InstanceOptions.Populate].
func (in *Instance) Learn() (memory.WorkingSet, error) { return in.mem.Learn(in.engine.pages) }

// watch starts counting page faults. A thread's count says whether a call
// touched a page for the first time; it is only worth something while the
// goroutine stays on that thread.
func (in *Instance) watch() {
	if !in.track {
		in.quiet = false
		return
	}
	runtime.LockOSThread()
	in.locked = true
	in.faults = memory.Faults()
}

// unwatch stops counting: at the end of a call, or earlier when the guest
// yields, and then nothing is known.
func (in *Instance) unwatch(ended bool) {
	if !in.locked {
		return
	}
	if now := memory.Faults(); !ended || now < 0 || now != in.faults {
		in.quiet = false
	}
	in.locked = false
	runtime.UnlockOSThread()
}

// outside runs what is not the guest's: code that may block, and may switch
// coroutines, which Go forbids on a locked thread by ending the process. What
// was counted so far is kept; none of the guest's memory is written meanwhile.
func (in *Instance) outside(f func()) {
	watched := in.locked
	in.unwatch(true)
	in.pause()
	f()
	in.resume()
	if watched {
		in.watch()
	}
}
