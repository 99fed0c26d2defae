// Package memory provides the linear memories of instances: how they are
// reserved, how they start as a copy of an image without copying, and how they
// go back to it.
//
// An [Image] is the immutable content that instances start from. A [Linear]
// is one instance's memory; wazero allocates it through [Linear.Allocate] and
// grows it through [Linear.Reallocate].
//
// On Linux the image is a file on disk, or a sealed memfd where there is none,
// that every Linear maps copy-on-write inside a reserved address range, so that
// starting costs two system calls, an untouched page costs nothing, and growing
// never moves. Elsewhere, and with the build tag wafer_portable, both are plain
// byte slices: the same behaviour, only slower. See RATIONALE.md, "Why are there two kinds of linear memory?".
package memory

import "fmt"

// PageSize is the size in bytes of the pages this package saves and restores.
const PageSize = 4096

// WasmPageSize is the unit in which linear memories grow.
const WasmPageSize = 65536

// CopyThreshold is the number of private pages above which a reset drops them
// all instead of copying them back: beyond it the copying costs more than the
// page faults that it saves.
const CopyThreshold = 512

// Error is a failure to reserve, map or restore a memory.
type Error struct {
	Op   string // for example "reserving"
	Size uint64 // bytes
	Err  error
}

func (e *Error) Error() string {
	return fmt.Sprintf("memory: %s %d bytes: %v", e.Op, e.Size, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Reset says how a [Linear] went back to its image.
type Reset struct {
	Scanned bool // whether the page map was read
	Copied  int  // pages copied back
	Dropped int  // pages given back to the kernel
}

// WorkingSet is which pages of an image a call touches, in ascending order.
type WorkingSet struct {
	Written []uint32 // private after the call
	Read    []uint32 // mapped after it, but still the image's
}
