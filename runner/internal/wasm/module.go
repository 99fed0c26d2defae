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
