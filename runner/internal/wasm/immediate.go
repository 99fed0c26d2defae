package wasm

// immediate says what follows an opcode.
type immediate byte

const (
	immBad    immediate = iota // no instruction of core 2.0
	immNone                    // nothing
	immIndex                   // one index
	immIndex2                  // two indexes
	immMem                     // alignment and offset
	immBlock                   // block type
	immTable                   // br_table
	immTypes                   // select with a type
	immI32
	immI64
	imm4    // 4 bytes
	imm8    // 8 bytes
	imm16   // 16 bytes
	immZero // a byte that must be zero (memory index)
	immRef  // reference type
	immMisc
	immVec
	immLane     // lane number
	immMemLane  // alignment, offset and lane number
	immInitZero // index, then a zero byte
	immZero2    // two zero bytes
)

// plainImmediates is indexed by the first byte of an instruction.
var plainImmediates = func() (t [256]immediate) {
	set := func(from, to int, k immediate) {
		for i := from; i <= to; i++ {
			t[i] = k
		}
	}
	set(0x00, 0x01, immNone)
	set(0x02, 0x04, immBlock)
	t[0x05], t[0x0b], t[0x0f] = immNone, immNone, immNone
	set(0x0c, 0x0d, immIndex)
	t[0x0e] = immTable
	t[0x10], t[0x11] = immIndex, immIndex2
	set(0x1a, 0x1b, immNone)
	t[0x1c] = immTypes
	set(0x20, 0x26, immIndex)
	set(0x28, 0x3e, immMem)
	set(0x3f, 0x40, immZero)
	t[0x41], t[0x42], t[0x43], t[0x44] = immI32, immI64, imm4, imm8
	set(0x45, 0xc4, immNone)
	t[0xd0], t[0xd1], t[0xd2] = immRef, immNone, immIndex
	t[prefixMisc], t[prefixVector] = immMisc, immVec
	return t
}()

// miscImmediates is indexed by the number behind the prefix 0xfc.
var miscImmediates = [18]immediate{
	immNone, immNone, immNone, immNone, immNone, immNone, immNone, immNone, // saturating conversion
	immInitZero, immIndex, immZero2, immZero, // memory.init, data.drop, memory.copy, memory.fill
	immIndex2, immIndex, immIndex2, immIndex, immIndex, immIndex, // table.init, elem.drop, table.copy, grow, size, fill
}

// vectorImmediates is indexed by the number behind the prefix 0xfd.
var vectorImmediates = func() (t [256]immediate) {
	for i := range t {
		switch {
		case i <= 0x0b || i == 0x5c || i == 0x5d:
			t[i] = immMem
		case i == 0x0c || i == 0x0d:
			t[i] = imm16
		case i >= 0x15 && i <= 0x22:
			t[i] = immLane
		case i >= 0x54 && i <= 0x5b:
			t[i] = immMemLane
		default:
			t[i] = immNone
		}
	}
	for _, hole := range []int{0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee} {
		t[hole] = immBad
	}
	return t
}()
