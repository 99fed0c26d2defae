package wasm

import "encoding/binary"

// ConstExpr is a constant expression: one instruction.
type ConstExpr struct {
	Op Opcode // OpI32Const, OpI64Const, OpF32Const, OpF64Const, OpV128Const, OpRefNull, OpRefFunc or OpGlobalGet
	// Value is a constant (sign-extended, or the bits of a float), the lower half of a
	// vector, a function or global index, or the type of a null reference.
	Value uint64
	High  uint64 // upper half of a vector
}

// I32Expr returns the constant expression of an i32.
func I32Expr(v int32) ConstExpr { return ConstExpr{Op: OpI32Const, Value: uint64(int64(v))} }

// I64Expr returns the constant expression of an i64.
func I64Expr(v int64) ConstExpr { return ConstExpr{Op: OpI64Const, Value: uint64(v)} }

func (e ConstExpr) append(b []byte) []byte {
	switch e.Op {
	case OpI32Const, OpI64Const:
		b = AppendI64(append(b, byte(e.Op)), int64(e.Value))
	case OpF32Const:
		b = binary.LittleEndian.AppendUint32(append(b, byte(e.Op)), uint32(e.Value))
	case OpF64Const:
		b = binary.LittleEndian.AppendUint64(append(b, byte(e.Op)), e.Value)
	case OpV128Const:
		b = AppendU32(append(b, prefixVector), uint32(e.Op&0xff))
		b = binary.LittleEndian.AppendUint64(b, e.Value)
		b = binary.LittleEndian.AppendUint64(b, e.High)
	case OpRefNull:
		b = append(b, byte(e.Op), byte(e.Value))
	case OpRefFunc, OpGlobalGet:
		b = AppendU32(append(b, byte(e.Op)), uint32(e.Value))
	}
	return append(b, byte(OpEnd))
}

// constExpr reads one constant instruction and its end.
func (r *reader) constExpr() ConstExpr {
	at := r.p
	var e ConstExpr
	op := r.byte("constant expression")
	e.Op = Opcode(op)
	switch e.Op {
	case OpI32Const:
		e.Value = uint64(r.signed(32, "i32 constant"))
	case OpI64Const:
		e.Value = uint64(r.signed(64, "i64 constant"))
	case OpF32Const:
		if b := r.bytes(4, "f32 constant"); b != nil {
			e.Value = uint64(binary.LittleEndian.Uint32(b))
		}
	case OpF64Const:
		e.Value = r.u64le("f64 constant")
	case prefixVector:
		sub := r.u32("vector opcode")
		e.Op = OpV128Const
		if r.err == nil && sub != uint32(OpV128Const&0xff) {
			r.fail(Malformed, at, "opcode %#02x %#02x is not constant", op, sub)
		}
		e.Value, e.High = r.u64le("v128 constant"), r.u64le("v128 constant")
	case OpRefNull:
		e.Value = uint64(r.refType())
	case OpRefFunc, OpGlobalGet:
		e.Value = uint64(r.u32("index"))
	case OpI32Add, OpI32Sub, OpI32Mul, OpI64Add, OpI64Sub, OpI64Mul:
		r.fail(Unsupported, at, "opcode %#02x in a constant expression needs the extended-const proposal", op)
	case prefixGC:
		r.fail(Unsupported, at, "opcode %#02x needs the garbage collection proposal", op)
	default:
		r.fail(Malformed, at, "opcode %#02x is not constant", op)
	}
	at = r.p
	if end := r.byte("constant expression"); r.err == nil && Opcode(end) != OpEnd {
		switch Opcode(end) {
		case OpI32Const, OpI64Const, OpGlobalGet:
			r.fail(Unsupported, at, "a constant expression of several instructions needs the extended-const proposal")
		default:
			r.fail(Malformed, at, "constant expression does not end after its first instruction")
		}
	}
	return e
}
