package wasm

// AppendU32 appends v as an unsigned LEB128 number.
func AppendU32(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// AppendI64 appends v as a signed LEB128 number. It serves i32 and block types
// as well: their encodings are the same.
func AppendI64(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if (v == 0 && c&0x40 == 0) || (v == -1 && c&0x40 != 0) {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// SizeU32 returns the length of v as an unsigned LEB128 number, in bytes.
func SizeU32(v uint32) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}

// readU32 decodes an unsigned number at b[p:]. It returns the position behind it,
// or -1 when the number is cut off or does not fit 32 bits.
func readU32(b []byte, p int) (uint32, int) {
	if p < len(b) && b[p] < 0x80 {
		return uint32(b[p]), p + 1
	}
	var v uint32
	for s := uint(0); s < 35; s += 7 {
		if p >= len(b) {
			return 0, -1
		}
		c := b[p]
		p++
		if s == 28 && c > 0x0f {
			return 0, -1
		}
		v |= uint32(c&0x7f) << s
		if c < 0x80 {
			return v, p
		}
	}
	return 0, -1
}

// readSigned decodes a signed number of the given width (32, 33 or 64) at b[p:]. It
// returns the position behind it, or -1 when the number is cut off or does not
// fit.
func readSigned(b []byte, p int, width uint) (int64, int) {
	if p < len(b) && b[p] < 0x80 {
		return int64(int8(b[p]<<1) >> 1), p + 1
	}
	var v int64
	for s := uint(0); s < width; s += 7 {
		if p >= len(b) {
			return 0, -1
		}
		c := b[p]
		p++
		v |= int64(c&0x7f) << s
		if c < 0x80 {
			used := width - s // bits of this byte that count
			if used < 7 {
				// The rest must repeat the sign bit.
				rest := int8(c<<1) >> used
				if rest != 0 && rest != -1 {
					return 0, -1
				}
			}
			if s+7 < 64 && c&0x40 != 0 {
				v |= -1 << (s + 7)
			}
			return v, p
		}
	}
	return 0, -1
}
