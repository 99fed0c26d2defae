package wasm

import "fmt"

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
