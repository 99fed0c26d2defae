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

// Targets calls f for each label of the br_table that Next moved to, the default last.
func (c *Code) Targets(f func(label uint32)) {
	p := c.targets
	for i := uint32(0); i <= c.A; i++ {
		var l uint32
		l, p = readU32(c.body, p)
		f(l)
	}
}
