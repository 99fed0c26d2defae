package wasm

import "fmt"

// ValueType is the binary encoding of a value type of core WebAssembly 2.0.
type ValueType byte

// The value types of core WebAssembly 2.0.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	V128      ValueType = 0x7b
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
)

// String returns the name used by the text format, e.g. "i32".
func (t ValueType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	}
	return fmt.Sprintf("type(%#02x)", byte(t))
}

// IsRef reports whether t is a reference type.
func (t ValueType) IsRef() bool { return t == FuncRef || t == ExternRef }

func (t ValueType) valid() bool { return (t >= V128 && t <= I32) || t.IsRef() }

// typeProposal names the proposal a byte in the place of a value type belongs
// to, or is empty when no proposal defines it.
func typeProposal(b byte) string {
	switch b {
	case 0x63, 0x64:
		return "typed function references"
	case 0x69, 0x74:
		return "exception handling"
	case 0x68, 0x75:
		return "stack switching"
	case 0x65, 0x66, 0x67, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73, 0x77, 0x78:
		return "garbage collection"
	}
	return ""
}
