package wasm

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// reader decodes one section. The first error sticks, and every later read
// returns zero, so that callers check once per loop.
type reader struct {
	b       []byte // the whole module, cut at the section's end
	p       int
	section string
	err     *FormatError
}

func (r *reader) fail(kind Kind, offset int, format string, args ...any) {
	if r.err == nil {
		r.err = &FormatError{Kind: kind, Offset: offset, Section: r.section, Reason: fmt.Sprintf(format, args...)}
	}
	r.p = len(r.b)
}

func (r *reader) malformed(format string, args ...any) { r.fail(Malformed, r.p, format, args...) }

func (r *reader) left() int { return len(r.b) - r.p }

func (r *reader) byte(what string) byte {
	if r.p >= len(r.b) {
		r.malformed("cut off within %s", what)
		return 0
	}
	c := r.b[r.p]
	r.p++
	return c
}

func (r *reader) u32(what string) uint32 {
	v, p := readU32(r.b, r.p)
	if p < 0 {
		r.malformed("bad number: %s", what)
		return 0
	}
	r.p = p
	return v
}

func (r *reader) signed(width uint, what string) int64 {
	v, p := readSigned(r.b, r.p, width)
	if p < 0 {
		r.malformed("bad number: %s", what)
		return 0
	}
	r.p = p
	return v
}

// count reads the length of a vector whose items take at least size bytes each.
func (r *reader) count(what string, limit, size int) int {
	at := r.p
	n := int(r.u32("number of " + what))
	if n > r.left()/size {
		r.fail(Malformed, at, "%d %s do not fit the %d bytes left", n, what, r.left())
		return 0
	}
	if n > limit {
		r.fail(TooLarge, at, "%d %s, limit %d", n, what, limit)
		return 0
	}
	return n
}

func (r *reader) bytes(n int, what string) []byte {
	if n < 0 || n > r.left() {
		r.malformed("cut off within %s", what)
		return nil
	}
	b := r.b[r.p : r.p+n : r.p+n]
	r.p += n
	return b
}

func (r *reader) name(what string) string {
	at := r.p
	n := int(r.u32("length of " + what))
	b := r.bytes(n, what)
	if n > MaxNameLength && r.err == nil {
		r.fail(TooLarge, at, "%s of %d bytes, limit %d", what, n, MaxNameLength)
		return ""
	}
	if !utf8.Valid(b) {
		r.fail(Malformed, at, "%s is not UTF-8", what)
		return ""
	}
	return string(b)
}

func (r *reader) valueType() ValueType {
	at := r.p
	c := r.byte("value type")
	t := ValueType(c)
	if r.err == nil && !t.valid() {
		if p := typeProposal(c); p != "" {
			r.fail(Unsupported, at, "type %#02x needs the %s proposal", c, p)
		} else {
			r.fail(Malformed, at, "unknown type %#02x", c)
		}
	}
	return t
}

func (r *reader) refType() ValueType {
	at := r.p
	t := r.valueType()
	if r.err == nil && !t.IsRef() {
		r.fail(Malformed, at, "%s is not a reference type", t)
	}
	return t
}

// limits reads the bounds of a table or a memory.
func (r *reader) limits() Limits {
	at := r.p
	flags := r.byte("limits")
	switch {
	case flags > 0x0f:
		r.fail(Malformed, at, "bad limits flags %#02x", flags)
	case flags&8 != 0:
		r.fail(Unsupported, at, "limits %#02x need the custom page sizes proposal", flags)
	case flags&4 != 0:
		r.fail(Unsupported, at, "limits %#02x need the memory64 proposal", flags)
	case flags&2 != 0:
		r.fail(Unsupported, at, "limits %#02x (shared) need the threads proposal", flags)
	}
	l := Limits{HasMax: flags&1 != 0}
	l.Min = r.u32("minimum")
	if l.HasMax {
		l.Max = r.u32("maximum")
		if r.err == nil && l.Max < l.Min {
			r.fail(Malformed, at, "maximum %d below minimum %d", l.Max, l.Min)
		}
	}
	return l
}

func (r *reader) u64le(what string) uint64 {
	b := r.bytes(8, what)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}
