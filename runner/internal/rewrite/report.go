package rewrite

import "time"

// Report is what a rewrite found and did.
type Report struct {
	SizeBefore, SizeAfter  int // bytes of the binary
	Functions              int // defined by the guest
	FunctionsAfter         int
	Loops                  int
	Ticks                  int
	IndirectCalls          int // call_indirect instructions
	Dispatchers            int // functions that stand in for call_indirect
	TableEntries           int // initial size of all tables
	TableKept              string
	DataKept               string
	SnapshotRefused        string // why memory and globals are not all of an instance's state
	Imports                []string
	Exports                []string
	MemoryMin, MemoryMax   uint32 // pages of 64 KiB; the maximum is 65536 when the module has none
	CustomBytes            int    // dropped
	Segments, SegmentBytes int    // hoisted
	Start                  bool   // a start function was hoisted
	Durations              []Duration
}

// Duration is the time one step took.
type Duration struct {
	Step string
	Time time.Duration
}
