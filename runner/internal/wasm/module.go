// Package wasm reads and writes the WebAssembly binary format as far as core
// WebAssembly 2.0 goes: the MVP with sign extension, saturating conversion,
// multi-value, bulk memory, reference types and SIMD.
//
// Parse checks structure and indexes, not types: an engine validates
// what Encode wrote. Function bodies stay raw; [Code] walks them.
//
// Input is hostile: every count is checked against the bytes left before
// anything is allocated, nesting is never followed by recursion, and every
// refusal is a [*FormatError].
package wasm

// ExternKind is the kind of an import or an export.
type ExternKind byte

// The kinds of imports and exports.
const (
	ExternFunc   ExternKind = 0
	ExternTable  ExternKind = 1
	ExternMemory ExternKind = 2
	ExternGlobal ExternKind = 3
)

// String returns "function", "table", "memory" or "global".
func (k ExternKind) String() string {
	switch k {
	case ExternFunc:
		return "function"
	case ExternTable:
		return "table"
	case ExternMemory:
		return "memory"
	case ExternGlobal:
		return "global"
	}
	return "unknown"
}

// Module is a decoded module. Bodies, data and custom sections alias the binary
// it was parsed from.
//
// A Module is not safe for concurrent use while anyone changes it.
type Module struct {
	Types     []FuncType
	Imports   []Import
	Functions []uint32 // type index of each defined function
	Tables    []Table
	Memories  []Memory
	Globals   []Global
	Exports   []Export
	Start     *uint32 // function index, nil when there is none
	Elements  []Element
	DataCount *uint32 // nil when there is no data count section
	Codes     []FuncBody
	Datas     []Data
	Customs   []Custom // written after all other sections
}

// Import is one import. Only the field that Kind names is set.
type Import struct {
	Module, Name string
	Kind         ExternKind
	Type         uint32 // type index of a function
	Table        Table
	Memory       Memory
	Global       GlobalType
}

// Limits are the bounds of a table in entries, or of a memory in pages of 64 KiB.
type Limits struct {
	Min    uint32
	Max    uint32 // valid when HasMax
	HasMax bool
}

// Table is a table type.
type Table struct {
	Type ValueType // FuncRef or ExternRef
	Limits
}

// Memory is a memory type, in pages of 64 KiB.
type Memory struct{ Limits }

// GlobalType is the type of a global.
type GlobalType struct {
	Type    ValueType
	Mutable bool
}

// Global is a global defined by the module.
type Global struct {
	GlobalType
	Init ConstExpr
}

// Export is one export.
type Export struct {
	Name  string
	Kind  ExternKind
	Index uint32
}

// SegmentMode says when a segment takes effect.
type SegmentMode uint8

// The modes of element and data segments. Data is never declarative.
const (
	Active SegmentMode = iota
	Passive
	Declarative
)

// Element is an element segment. Its items are either function indexes or constant
// expressions, as they were in the binary.
type Element struct {
	Mode   SegmentMode
	Table  uint32    // of an active segment
	Offset ConstExpr // of an active segment
	Type   ValueType
	Funcs  []uint32
	Exprs  []ConstExpr
	// UseExprs says which of Funcs and Exprs holds the items.
	UseExprs bool
}

// Len returns the number of items.
func (e *Element) Len() int {
	if e.UseExprs {
		return len(e.Exprs)
	}
	return len(e.Funcs)
}

// Data is a data segment. An active one always refers to memory 0.
type Data struct {
	Mode   SegmentMode
	Offset ConstExpr // of an active segment
	Init   []byte
}

// LocalRun is a number of consecutive locals of one type.
type LocalRun struct {
	Count uint32
	Type  ValueType
}

// FuncBody is the body of one defined function.
type FuncBody struct {
	Locals []LocalRun
	Body   []byte // instructions, with the final end
	Offset int    // of Body in the binary that was parsed
}

// NumLocals returns the number of locals without parameters.
func (f *FuncBody) NumLocals() uint32 {
	var n uint32
	for _, l := range f.Locals {
		n += l.Count
	}
	return n
}

// Custom is a custom section.
type Custom struct {
	Name string
	Data []byte
}

// NumImports returns how many imports have the given kind.
func (m *Module) NumImports(kind ExternKind) uint32 {
	var n uint32
	for i := range m.Imports {
		if m.Imports[i].Kind == kind {
			n++
		}
	}
	return n
}

// FuncTypeIndexes returns the type index of every function, imported ones first.
func (m *Module) FuncTypeIndexes() []uint32 {
	idx := make([]uint32, 0, len(m.Imports)+len(m.Functions))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternFunc {
			idx = append(idx, m.Imports[i].Type)
		}
	}
	return append(idx, m.Functions...)
}
