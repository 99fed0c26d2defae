package wasm

import "fmt"

// Opcode is an instruction: its byte, or prefix<<8 | number for an instruction
// behind the prefix 0xfc or 0xfd.
type Opcode uint16

// The opcodes that code outside this package has a reason to name.
const (
	OpUnreachable       Opcode = 0x00
	OpNop               Opcode = 0x01
	OpBlock             Opcode = 0x02
	OpLoop              Opcode = 0x03
	OpIf                Opcode = 0x04
	OpElse              Opcode = 0x05
	OpEnd               Opcode = 0x0b
	OpBr                Opcode = 0x0c
	OpBrIf              Opcode = 0x0d
	OpBrTable           Opcode = 0x0e
	OpReturn            Opcode = 0x0f
	OpCall              Opcode = 0x10
	OpCallIndirect      Opcode = 0x11
	OpDrop              Opcode = 0x1a
	OpSelect            Opcode = 0x1b
	OpSelectT           Opcode = 0x1c
	OpLocalGet          Opcode = 0x20
	OpLocalSet          Opcode = 0x21
	OpLocalTee          Opcode = 0x22
	OpGlobalGet         Opcode = 0x23
	OpGlobalSet         Opcode = 0x24
	OpTableGet          Opcode = 0x25
	OpTableSet          Opcode = 0x26
	OpI32Load           Opcode = 0x28
	OpI64Load           Opcode = 0x29
	OpI32Store          Opcode = 0x36
	OpI64Store          Opcode = 0x37
	OpMemorySize        Opcode = 0x3f
	OpMemoryGrow        Opcode = 0x40
	OpI32Const          Opcode = 0x41
	OpI64Const          Opcode = 0x42
	OpF32Const          Opcode = 0x43
	OpF64Const          Opcode = 0x44
	OpI32Eqz            Opcode = 0x45
	OpI32Eq             Opcode = 0x46
	OpI32Ne             Opcode = 0x47
	OpI32LtS            Opcode = 0x48
	OpI32LtU            Opcode = 0x49
	OpI32GtS            Opcode = 0x4a
	OpI32GtU            Opcode = 0x4b
	OpI32LeU            Opcode = 0x4d
	OpI64Eqz            Opcode = 0x50
	OpI64LtS            Opcode = 0x53
	OpI64GtU            Opcode = 0x56
	OpI64GeS            Opcode = 0x59
	OpI32Add            Opcode = 0x6a
	OpI32Sub            Opcode = 0x6b
	OpI32Mul            Opcode = 0x6c
	OpI32DivS           Opcode = 0x6d
	OpI32And            Opcode = 0x71
	OpI32Or             Opcode = 0x72
	OpI32Xor            Opcode = 0x73
	OpI32Shl            Opcode = 0x74
	OpI32ShrU           Opcode = 0x76
	OpI64Add            Opcode = 0x7c
	OpI64Sub            Opcode = 0x7d
	OpI64Mul            Opcode = 0x7e
	OpI64Xor            Opcode = 0x85
	OpI64Shl            Opcode = 0x86
	OpI32WrapI64        Opcode = 0xa7
	OpI64ExtendI32      Opcode = 0xad // unsigned
	OpI32ReinterpretF32 Opcode = 0xbc
	OpI64ReinterpretF64 Opcode = 0xbd
	OpF32ReinterpretI32 Opcode = 0xbe
	OpF64ReinterpretI64 Opcode = 0xbf
	OpRefNull           Opcode = 0xd0
	OpRefIsNull         Opcode = 0xd1
	OpRefFunc           Opcode = 0xd2

	OpMemoryInit Opcode = 0xfc08
	OpDataDrop   Opcode = 0xfc09
	OpMemoryCopy Opcode = 0xfc0a
	OpMemoryFill Opcode = 0xfc0b
	OpTableInit  Opcode = 0xfc0c
	OpElemDrop   Opcode = 0xfc0d
	OpTableCopy  Opcode = 0xfc0e
	OpTableGrow  Opcode = 0xfc0f
	OpTableSize  Opcode = 0xfc10
	OpTableFill  Opcode = 0xfc11

	OpV128Const Opcode = 0xfd0c
	OpV128Or    Opcode = 0xfd50
)

const (
	prefixGC     = 0xfb
	prefixMisc   = 0xfc
	prefixVector = 0xfd
	prefixAtomic = 0xfe
)

// String returns the number of the opcode, as "0x10" or "0xfc 0x0a".
func (o Opcode) String() string {
	if o > 0xff {
		return fmt.Sprintf("%#02x %#02x", byte(o>>8), byte(o))
	}
	return fmt.Sprintf("%#02x", byte(o))
}

// opcodeProposal names the proposal an opcode needs that is not part of core 2.0, or
// is empty when no proposal defines it.
func opcodeProposal(prefix byte, sub uint32) string {
	switch prefix {
	case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f:
		return "exception handling"
	case 0x12, 0x13:
		return "tail call"
	case 0x14, 0x15, 0xd4, 0xd5, 0xd6:
		return "typed function references"
	case 0xd3, prefixGC:
		return "garbage collection"
	case 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6:
		return "stack switching"
	case prefixAtomic:
		return "threads"
	case prefixMisc:
		switch {
		case sub == 18:
			return "memory control"
		case sub >= 19 && sub <= 22:
			return "wide arithmetic"
		}
	case prefixVector:
		switch {
		case sub >= 0x100 && sub <= 0x12f:
			return "relaxed SIMD"
		case sub > 0x12f && sub < 0x200:
			return "half precision"
		}
	}
	return ""
}
