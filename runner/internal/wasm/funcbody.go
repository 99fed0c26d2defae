package wasm

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
