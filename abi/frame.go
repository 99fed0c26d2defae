package abi

import (
	"encoding/binary"
	"fmt"
	"math"
)

// FieldHeaderSize is the size in bytes of what stands before every value.
const FieldHeaderSize = 8

// FlagCritical marks a field that a reader must understand. A reader that does
// not know the tag of such a field refuses the whole frame; all other unknown
// fields are skipped.
const FlagCritical uint16 = 1

// FrameError says why bytes are not a valid frame.
type FrameError struct {
	Frame  string // what was being decoded, for example "request"
	Offset int    // byte offset of the offending field in the frame
	Tag    Tag    // the field's tag, 0 when it could not be read
	Reason string
}

func (e *FrameError) Error() string {
	return fmt.Sprintf("abi: decoding %s frame: field %d at byte %d: %s", e.Frame, e.Tag, e.Offset, e.Reason)
}

// AppendHeader appends the header of a field whose value has size bytes. The
// caller appends the value itself.
//
//	 0      2      4          8
//	+------+------+----------+-----------
//	| tag  | flags|  size    | value ...      integers are little-endian
//	+------+------+----------+-----------
//
// It panics when size does not fit 32 bits: cut off, the rest of the value
// would be read as fields. Hosts limit what they accept long before that, and a
// guest's memory ends there.
func AppendHeader(b []byte, tag Tag, size int) []byte {
	if uint64(size) > math.MaxUint32 {
		panic(fmt.Sprintf("abi: field %d of %d bytes does not fit a frame", tag, size))
	}
	return append(b, byte(tag), byte(tag>>8), 0, 0,
		byte(size), byte(size>>8), byte(size>>16), byte(size>>24))
}

// AppendString appends a string field, or nothing when v is empty: an absent
// field and an empty one mean the same.
func AppendString(b []byte, tag Tag, v string) []byte {
	if v == "" {
		return b
	}
	return append(AppendHeader(b, tag, len(v)), v...)
}

// AppendBytes appends a field of raw bytes, also when v is empty.
func AppendBytes(b []byte, tag Tag, v []byte) []byte {
	return append(AppendHeader(b, tag, len(v)), v...)
}

// AppendUint32 appends a 4-byte integer field.
func AppendUint32(b []byte, tag Tag, v uint32) []byte {
	b = AppendHeader(b, tag, 4)
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}

// AppendUint64 appends an 8-byte integer field.
func AppendUint64(b []byte, tag Tag, v uint64) []byte {
	b = AppendHeader(b, tag, 8)
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24),
		byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
}

// AppendPair appends a key and a value: u32 key length, key, value.
func AppendPair(b []byte, tag Tag, key, value string) []byte {
	b = AppendHeader(b, tag, 4+len(key)+len(value))
	n := len(key)
	b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	b = append(b, key...)
	return append(b, value...)
}

// Pair is a key with one value, for example a header line.
type Pair struct{ Key, Value string }

// Reader walks the fields of a frame without copying them. The methods that
// look at the current field may be called only after Next returned true. A
// Reader is not safe for concurrent use.
type Reader struct {
	name  string
	frame []byte
	start int // offset of the current field
	end   int // offset behind the current field
	tag   Tag
	flags uint16
	err   error
}

// NewReader returns a reader at the start of frame. name says in errors what
// the frame is.
func NewReader(name string, frame []byte) Reader {
	return Reader{name: name, frame: frame}
}

// Next moves to the next field and reports whether there is one. After false,
// Err says whether the frame ended or is broken.
func (r *Reader) Next() bool {
	if r.err != nil || r.end == len(r.frame) {
		return false
	}
	r.start, r.tag = r.end, 0
	rest := r.frame[r.end:]
	if len(rest) < FieldHeaderSize {
		r.Fail(fmt.Sprintf("header needs %d bytes, %d left", FieldHeaderSize, len(rest)))
		return false
	}
	r.tag = Tag(binary.LittleEndian.Uint16(rest))
	r.flags = binary.LittleEndian.Uint16(rest[2:])
	size := uint64(binary.LittleEndian.Uint32(rest[4:]))
	if left := uint64(len(rest) - FieldHeaderSize); size > left {
		r.Fail(fmt.Sprintf("value needs %d bytes, %d left", size, left))
		return false
	}
	r.end += FieldHeaderSize + int(size)
	return true
}

// Tag returns the current field's tag.
func (r *Reader) Tag() Tag { return r.tag }

// Bytes returns the current field's value. It aliases the frame.
func (r *Reader) Bytes() []byte { return r.frame[r.start+FieldHeaderSize : r.end : r.end] }

// Offset returns where the current field's header starts.
func (r *Reader) Offset() int { return r.start }

// Uint32 returns the current field as a 4-byte integer. Another size is an
// error.
func (r *Reader) Uint32() uint32 {
	v := r.Bytes()
	if len(v) != 4 {
		r.Fail(fmt.Sprintf("integer needs 4 bytes, has %d", len(v)))
		return 0
	}
	return binary.LittleEndian.Uint32(v)
}

// Uint64 returns the current field as an 8-byte integer. Another size is an
// error.
func (r *Reader) Uint64() uint64 {
	v := r.Bytes()
	if len(v) != 8 {
		r.Fail(fmt.Sprintf("integer needs 8 bytes, has %d", len(v)))
		return 0
	}
	return binary.LittleEndian.Uint64(v)
}

// split returns where the key of the current pair field ends in its value.
func (r *Reader) split() int {
	v := r.Bytes()
	if len(v) < 4 {
		r.Fail(fmt.Sprintf("pair needs 4 bytes, has %d", len(v)))
		return 0
	}
	n := uint64(binary.LittleEndian.Uint32(v))
	if left := uint64(len(v) - 4); n > left {
		r.Fail(fmt.Sprintf("key needs %d bytes, %d left", n, left))
		return 0
	}
	return 4 + int(n)
}

// Pair returns the current field as a key and a value. Both are copies.
func (r *Reader) Pair() Pair {
	n := r.split()
	if r.err != nil {
		return Pair{}
	}
	v := r.Bytes()
	return Pair{Key: string(v[4:n]), Value: string(v[n:])}
}

// Skip passes over a field whose tag the caller does not know. It is an error
// when the sender marked the field critical.
func (r *Reader) Skip() {
	if r.flags&FlagCritical != 0 {
		r.Fail("unknown, but marked critical: the sender needs a newer reader")
	}
}

// Fail records the first error of the frame and ends it.
func (r *Reader) Fail(reason string) {
	if r.err == nil {
		r.err = &FrameError{Frame: r.name, Offset: r.start, Tag: r.tag, Reason: reason}
	}
}

// Err returns the first error, or nil.
func (r *Reader) Err() error { return r.err }
