// Package snapshot is the saved state of a booted instance: what others start
// from instead of booting, in this process and, through a file, in later ones.
package snapshot

import (
	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
)

// Snapshot is a booted instance at rest: between two calls its wasm stack is
// empty, so memory and globals are all there is. It is immutable and safe for
// concurrent use.
type Snapshot struct {
	Image   *memory.Image
	Globals []uint64 // in the order of the module's exported mutable globals
	Boot    abi.BootInfo
	Clocks  Clocks
	// Initialized says that the FC initializer has run before it was taken.
	Initialized bool
}

// Clocks is what a guest's clocks showed when it was saved. An instance
// started from it never sees either clock earlier than that, also in a later
// process, whose monotonic clock starts anew, and after the host's wall clock
// was set back.
type Clocks struct {
	Monotonic int64 // nanoseconds
	Wall      int64 // Unix nanoseconds
}

// Close gives the image's memory back, after the last instance is gone.
func (s *Snapshot) Close() { s.Image.Close() }
