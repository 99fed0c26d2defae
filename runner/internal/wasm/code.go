package wasm

import "fmt"

// Code walks the instructions of one function body, without allocating. The
// fields describe the instruction that Next moved to.
//
//	c := wasm.NewCode(f)
//	for c.Next() {
//		if c.Op == wasm.OpCall {
//			callee := c.A
//		}
//	}
//	if err := c.Err(); err != nil {
//		...
//	}
//
// Code checks the encoding only: indexes, labels and nesting are left to the caller.
type Code struct {
	Op    Opcode
	Start int // of the instruction in the body
	End   int // behind the instruction
	// A is the first index of the instruction: label, function, local, global,
	// table, data, element, type (of call_indirect), alignment of an access, or the number of
	// targets of a br_table, not counting the default. B is the second: table of
	// call_indirect and table.init, source of table.copy, or offset of an access.
	A, B uint32
	// Const is the value of i32.const and i64.const. For a block it is the block type: a
	// type index, or negative for a single value type and [NoResult].
	Const int64

	body    []byte
	offset  int
	targets int
	name    int
	err     *FormatError
}

// NoResult is the block type of a block without parameters and results.
const NoResult = -64

// NewCode returns a walker over the body of f. Section and offset of errors are
// those of function number index.
func NewCode(f *FuncBody, index int) Code {
	return Code{body: f.Body, offset: f.Offset, name: index}
}

// Err returns what stopped Next before the end of the body, a [*FormatError], or nil.
func (c *Code) Err() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

// Fail makes Next return false and Err return a [*FormatError] at the current
// instruction. The first error stays.
func (c *Code) Fail(kind Kind, format string, args ...any) {
	if c.err == nil {
		c.err = &FormatError{Kind: kind, Offset: c.offset + c.Start, Section: fmt.Sprintf("code[%d]", c.name), Reason: fmt.Sprintf(format, args...)}
	}
	c.End = len(c.body)
}

// Bytes returns the encoded instruction.
func (c *Code) Bytes() []byte { return c.body[c.Start:c.End] }

// Next moves to the next instruction. It returns false behind the last one and
// after an error.
func (c *Code) Next() bool {
	b, p := c.body, c.End
	if p >= len(b) || c.err != nil {
		return false
	}
	c.Start = p
	op := b[p]
	p++
	c.Op = Opcode(op)
	switch k := plainImmediates[op]; k {
	case immNone:
	case immIndex:
		if p < len(b) && b[p] < 0x80 {
			c.A = uint32(b[p])
			p++
		} else {
			c.A, p = readU32(b, p)
		}
	case immI32:
		c.Const, p = readSigned(b, p, 32)
	case immMem:
		p = c.memArg(p)
	default:
		p = c.slow(k, p)
	}
	if p < 0 || p > len(b) {
		c.Fail(Malformed, "bad or cut off operand of opcode %s", c.Op)
		return false
	}
	c.End = p
	return c.err == nil
}

func (c *Code) memArg(p int) int {
	if c.A, p = readU32(c.body, p); p < 0 {
		return p
	}
	if c.A >= 32 {
		if c.A >= 64 && c.A < 128 {
			c.Fail(Unsupported, "an access with a memory index needs the multi-memory proposal")
		} else {
			c.Fail(Malformed, "alignment 2^%d", c.A)
		}
		return p
	}
	c.B, p = readU32(c.body, p)
	return p
}

// slow reads the operands of everything that Next does not read itself. It
// returns the position behind them, or -1.
func (c *Code) slow(k immediate, p int) int {
	b := c.body
	switch k {
	case immMisc, immVec:
		return c.prefixed(k, p)
	case immBlock:
		if c.Const, p = readSigned(b, p, 33); p > 0 && c.Const < 0 {
			c.blockType()
		}
		return p
	case immI64:
		c.Const, p = readSigned(b, p, 64)
		return p
	case immMem:
		return c.memArg(p)
	case immIndex:
		c.A, p = readU32(b, p)
		return p
	case immIndex2:
		if c.A, p = readU32(b, p); p > 0 {
			c.B, p = readU32(b, p)
		}
		return p
	case immTable:
		return c.brTable(p)
	case immTypes:
		if c.A, p = readU32(b, p); p < 0 || p >= len(b) {
			return -1
		}
		if c.A != 1 {
			c.Fail(Malformed, "select with %d types", c.A)
		}
		c.valueType(b[p])
		return p + 1
	case imm4, imm8, imm16:
		return p + 4<<(k-imm4)
	case immLane:
		return p + 1
	case immMemLane:
		if p = c.memArg(p); p < 0 {
			return p
		}
		return p + 1
	case immInitZero:
		if c.A, p = readU32(b, p); p < 0 {
			return p
		}
		return c.zero(p, 1)
	case immZero:
		return c.zero(p, 1)
	case immZero2:
		return c.zero(p, 2)
	case immRef:
		if p >= len(b) {
			return -1
		}
		if c.valueType(b[p]); c.err == nil && !ValueType(b[p]).IsRef() {
			c.Fail(Malformed, "ref.null of %s", ValueType(b[p]))
		}
		return p + 1
	case immNone:
		return p
	}
	c.unknown(byte(c.Op), 0)
	return p
}

func (c *Code) prefixed(k immediate, p int) int {
	prefix := byte(c.Op)
	sub, p := readU32(c.body, p)
	if p < 0 {
		return p
	}
	operands := immBad
	if k == immMisc && sub < uint32(len(miscImmediates)) {
		operands = miscImmediates[sub]
	} else if k == immVec && sub < uint32(len(vectorImmediates)) {
		operands = vectorImmediates[sub]
	}
	if operands == immBad {
		c.unknown(prefix, sub)
		return p
	}
	c.Op = Opcode(prefix)<<8 | Opcode(sub)
	return c.slow(operands, p)
}

// zero reads n memory indexes, which must be zero.
func (c *Code) zero(p, n int) int {
	for range n {
		if p >= len(c.body) {
			return -1
		}
		if c.body[p] != 0 {
			c.Fail(Unsupported, "opcode %s with memory %d needs the multi-memory proposal", c.Op, c.body[p])
		}
		p++
	}
	return p
}

func (c *Code) brTable(p int) int {
	b := c.body
	if c.A, p = readU32(b, p); p < 0 {
		return p
	}
	if c.A > MaxBrTable {
		c.Fail(TooLarge, "br_table with %d targets, limit %d", c.A, MaxBrTable)
		return p
	}
	c.targets = p
	for i := uint32(0); i <= c.A; i++ {
		if p < len(b) && b[p] < 0x80 {
			p++
			continue
		}
		if _, p = readU32(b, p); p < 0 {
			return p
		}
	}
	return p
}

// Targets calls f for each label of the br_table that Next moved to, the default last.
func (c *Code) Targets(f func(label uint32)) {
	p := c.targets
	for i := uint32(0); i <= c.A; i++ {
		var l uint32
		l, p = readU32(c.body, p)
		f(l)
	}
}

func (c *Code) blockType() {
	if c.Const == NoResult {
		return
	}
	if c.Const < -64 {
		c.Fail(Malformed, "bad block type %d", c.Const)
		return
	}
	c.valueType(byte(c.Const) & 0x7f)
}

func (c *Code) valueType(t byte) {
	if ValueType(t).valid() {
		return
	}
	if p := typeProposal(t); p != "" {
		c.Fail(Unsupported, "type %#02x needs the %s proposal", t, p)
		return
	}
	c.Fail(Malformed, "unknown type %#02x", t)
}

func (c *Code) unknown(prefix byte, sub uint32) {
	op := fmt.Sprintf("%#02x", prefix)
	if sub != 0 || prefix >= prefixGC && prefix <= prefixAtomic {
		op = fmt.Sprintf("%#02x %#02x", prefix, sub)
	}
	if p := opcodeProposal(prefix, sub); p != "" {
		c.Fail(Unsupported, "opcode %s needs the %s proposal", op, p)
		return
	}
	c.Fail(Malformed, "unknown opcode %s", op)
}
