package engine

import (
	"github.com/wafer-run/wafer/runner/internal/memory"
)

// Rest gives up what an instance between two calls can do without: pages are
// packed, and the call engine with its stack goes. The next call brings them
// back, which takes it about as long as starting a new instance. See
// RATIONALE.md, "Why do idle instances rest?". likely is what that call will
// touch.
func (in *Instance) Rest(likely memory.WorkingSet) {
	if !in.busy.CompareAndSwap(false, true) {
		return
	}
	defer in.busy.Store(false)
	if in.dead || in.mod == nil {
		return
	}
	_, _ = in.mem.Pack(in.engine.pages) // or it stays as it is
	in.entry, in.frames, in.call, in.resting, in.likely = nil, nil, nil, true, likely
}

// wake undoes Rest.
func (in *Instance) wake() {
	if !in.resting {
		return
	}
	in.resting, in.quiet = false, false
	in.mem.Unpack()
	in.mem.Populate(memory.WorkingSet{Read: in.likely.Read})
	in.enter()
}

// PackedSize returns how many bytes the memory of a resting instance takes, 0
// when it is not packed.
func (in *Instance) PackedSize() int { return in.mem.Packed() }
