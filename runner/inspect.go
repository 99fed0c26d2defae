package runner

import (
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
)

// Inspection is what [Function.Inspect] finds out.
type Inspection struct {
	Style string `json:"style"` // reactor or command
	// Server says that the program is an HTTP server. Port is where it has to
	// listen.
	Server bool `json:"server"`
	Port   int  `json:"port,omitempty"`
	// What the guest said when it booted. Empty for commands.
	SDK         string `json:"sdk,omitempty"`
	HandlesHTTP bool   `json:"handlesHTTP"`
	Initializer bool   `json:"initializer"`
	PreFreeze   bool   `json:"preFreeze"`
	PreStop     bool   `json:"preStop"`

	Imports []string `json:"imports"` // module.name
	Exports []string `json:"exports"`

	SizeBefore     int    `json:"sizeBefore"` // bytes of the module
	SizeAfter      int    `json:"sizeAfter"`  // bytes after rewriting
	CustomBytes    int    `json:"customBytes"`
	Functions      int    `json:"functions"`
	FunctionsAfter int    `json:"functionsAfter"`
	Loops          int    `json:"loops"`
	Ticks          int    `json:"ticks"` // places where the meter counts
	IndirectCalls  int    `json:"indirectCalls"`
	Dispatchers    int    `json:"dispatchers"` // functions that stand in for the table
	TableEntries   int    `json:"tableEntries"`
	TableKept      string `json:"tableKept,omitempty"` // why the table stays, or empty
	Segments       int    `json:"segments"`            // data segments hoisted
	SegmentBytes   int    `json:"segmentBytes"`
	DataKept       string `json:"dataKept,omitempty"` // why data stays, or empty

	MemoryMin int `json:"memoryMin"` // bytes
	MemoryMax int `json:"memoryMax"` // bytes the module itself allows

	Snapshot        bool   `json:"snapshot"`
	SnapshotRefused string `json:"snapshotRefused,omitempty"`
	SnapshotStored  bool   `json:"snapshotStored"`          // it was found on disk
	WarmupRefused   string `json:"warmupRefused,omitempty"` // why it is without the warm-up events, or empty
	ImageBytes      int    `json:"imageBytes"`
	ImagePages      int    `json:"imagePages"` // of 4 KiB, not all zeros

	Code       string `json:"code"`                 // absent, mapped, copied or compiled: how it is in memory
	CodeReason string `json:"codeReason,omitempty"` // why it is not mapped, or empty
	CodeBytes  int64  `json:"codeBytes"`            // machine code, 0 if not known
	CodeStored bool   `json:"codeStored"`           // it was found on disk, neither rewritten nor compiled

	// What preparing the code took. If it was found on disk that was earlier,
	// and Compile is 0 if not known; Lookup is what finding it took now.
	Rewrite time.Duration `json:"rewriteNanos"`
	Compile time.Duration `json:"compileNanos"`
	Lookup  time.Duration `json:"lookupNanos,omitempty"`
}

// Inspect reports what became of the function's module.
func (f *Function) Inspect() Inspection {
	r := f.module.Report()
	i := Inspection{
		Style: f.module.Style().String(), SDK: f.boot.Peer,
		HandlesHTTP: f.HandlesHTTP(),
		Initializer: f.boot.Hooks&abi.HookInitialize != 0,
		PreFreeze:   f.boot.Hooks&abi.HookPreFreeze != 0,
		PreStop:     f.boot.Hooks&abi.HookPreStop != 0,
		Imports:     r.Imports, Exports: r.Exports,
		SizeBefore: r.SizeBefore, SizeAfter: r.SizeAfter, CustomBytes: r.CustomBytes,
		Functions: r.Functions, FunctionsAfter: r.FunctionsAfter,
		Loops: r.Loops, Ticks: r.Ticks,
		IndirectCalls: r.IndirectCalls, Dispatchers: r.Dispatchers,
		TableEntries: r.TableEntries, TableKept: r.TableKept,
		Segments: r.Segments, SegmentBytes: r.SegmentBytes, DataKept: r.DataKept,
		MemoryMin:       int(r.MemoryMin) * memory.WasmPageSize,
		MemoryMax:       int(r.MemoryMax) * memory.WasmPageSize,
		SnapshotRefused: f.noSnapshot, SnapshotStored: f.snapStored, WarmupRefused: f.noWarmup,
		Code: r.Code.Mode.String(), CodeReason: r.Code.Reason, CodeBytes: r.Code.Size, CodeStored: r.Code.Stored,
		Rewrite: r.Rewrite, Compile: r.Compile, Lookup: r.Lookup,
	}
	if f.serves() {
		i.Server, i.Port = true, f.cfg.server.port()
		hooks := f.cfg.server.hooks()
		i.Initializer, i.PreFreeze, i.PreStop = hooks&abi.HookInitialize != 0, hooks&abi.HookPreFreeze != 0, hooks&abi.HookPreStop != 0
	}
	if f.snap != nil {
		i.Snapshot = true
		i.ImageBytes = int(f.snap.Image.Size())
		i.ImagePages = f.snap.Image.Pages()
	}
	return i
}
