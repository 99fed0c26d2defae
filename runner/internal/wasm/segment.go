package wasm

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
