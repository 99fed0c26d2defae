//go:build linux && !wafer_portable

package memory

import (
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/s2"
)

// A packed memory is a sequence of
//
//	u32 page, u16 words at the front that are the image's, u16 words that are
//	not, and these
//
// until the words of a page are counted up. Words have 8 bytes. A call of a
// function changes some words in each of some dozen pages, so this takes a
// fraction of the pages; all of it is compressed as well.
const (
	wordSize     = 8
	wordsPerPage = PageSize / wordSize
	// maxPackPages is the number of private pages up to which a memory is
	// packed: beyond it packing takes longer than a caller should have to
	// wait who comes meanwhile.
	maxPackPages = 8192
	// gap is how many equal words in a row end a stretch of different ones: a
	// new one takes as much space as a word.
	gap = 2
)

// packPage appends what of mine differs from theirs, which is nil for zeros.
func packPage(out []byte, page uint32, mine, theirs []byte) []byte {
	le := binary.LittleEndian
	word := func(b []byte, i int) uint64 {
		if b == nil {
			return 0
		}
		return le.Uint64(b[i*wordSize:])
	}
	same := func(i int) bool { return word(mine, i) == word(theirs, i) }
	for at := 0; at < wordsPerPage; {
		from := at
		for from < wordsPerPage && same(from) {
			from++
		}
		if from == wordsPerPage {
			break
		}
		to, equal := from+1, 0
		for i := to; i < wordsPerPage && equal < gap; i++ {
			if equal++; !same(i) {
				to, equal = i+1, 0
			}
		}
		out = le.AppendUint32(out, page)
		out = le.AppendUint16(out, uint16(from))
		out = le.AppendUint16(out, uint16(to-from))
		out = append(out, mine[from*wordSize:to*wordSize]...)
		at = to
	}
	return out
}

// unpack calls do with every stretch.
func unpack(packed []byte, do func(at uint64, words []byte)) {
	le := binary.LittleEndian
	for len(packed) > 0 {
		at := uint64(le.Uint32(packed))*PageSize + uint64(le.Uint16(packed[4:]))*wordSize
		n := int(le.Uint16(packed[6:])) * wordSize
		do(at, packed[8:8+n])
		packed = packed[8+n:]
	}
}

// pagesOf returns the pages that are in packed, in ascending order.
func pagesOf(packed []byte) []uint32 {
	var list []uint32
	unpack(packed, func(at uint64, _ []byte) { list = append(list, uint32(at/PageSize)) })
	return slices.Compact(list)
}

// squeeze compresses, for keeping.
func squeeze(b []byte) []byte { return slices.Clip(append([]byte{}, s2.Encode(nil, b)...)) }

// unsqueeze undoes it. What was squeezed in this process cannot be damaged.
func unsqueeze(b []byte) []byte {
	out, err := s2.Decode(nil, b)
	if err != nil {
		panic("memory: unpacking: " + err.Error())
	}
	return out
}
