package wasm

// Limits of what Parse accepts, mostly those that browsers agreed on. Within
// them the memory Parse takes is a small multiple of the module's size, which the
// caller bounds.
const (
	MaxTypes        = 1_000_000
	MaxImports      = 100_000
	MaxFunctions    = 1_000_000
	MaxTables       = 1_000
	MaxGlobals      = 1_000_000
	MaxExports      = 1_000_000
	MaxElements     = 1_000_000  // element segments
	MaxElementItems = 10_000_000 // items of one element segment
	MaxDatas        = 1_000_000  // data segments
	MaxTableSize    = 10_000_000 // initial entries of a table
	MaxMemoryPages  = 65_536     // pages of 64 KiB
	MaxParams       = 1_000      // parameters, or results, of one function type
	MaxLocals       = 50_000     // parameters and locals of one function
	MaxBody         = 32 << 20   // bytes of one function body
	MaxNameLength   = 100_000    // bytes of one import, export or custom section name
	MaxBrTable      = 1_000_000  // targets of one br_table
	MaxNesting      = 100_000    // blocks open at once in one function
)
