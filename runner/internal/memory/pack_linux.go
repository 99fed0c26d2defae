//go:build linux && !wafer_portable

package memory

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Pack replaces the memory's private pages by a note of what in them differs
// from the image, which takes a fraction of them, and gives them back. The
// memory must not be used until Unpack. It reports false when it leaves the
// memory as it is, because that would save little.
//
// # Errors
//
// An [*Error] when the kernel refuses. The memory is as it was.
func (l *Linear) Pack(s *Scanner) (bool, error) {
	if l.image == nil || l.packed != nil {
		return l.packed != nil, nil
	}
	private, err := s.private(l, nil)
	if err != nil {
		return false, &Error{"packing", l.size, err}
	}
	if len(private) == 0 || len(private) > maxPackPages {
		return false, nil
	}
	var note []byte
	for _, page := range private {
		at := uint64(page) * PageSize
		var theirs []byte
		if at < l.image.size && l.image.used.has(page) {
			theirs = l.image.data[at : at+PageSize]
		}
		note = packPage(note, page, l.reserved[at:at+PageSize], theirs)
	}
	packed := squeeze(note)
	if len(packed) > len(private)*PageSize/2 {
		return false, nil
	}
	if err := unix.Madvise(l.reserved[:l.size], unix.MADV_DONTNEED); err != nil {
		return false, &Error{"packing", l.size, fmt.Errorf("madvise: %w", err)}
	}
	l.packed, l.private, l.scanned = packed, nil, false
	l.populate = private // also what is as in the image: it was written to, and will be
	if len(private) > CopyThreshold {
		l.populate = pagesOf(note)
	}
	return true, nil
}

// Unpack brings a packed memory back. On others it does nothing.
func (l *Linear) Unpack() {
	if l.packed == nil {
		return
	}
	note := unsqueeze(l.packed)
	l.Populate(WorkingSet{Written: l.populate})
	l.packed, l.populate = nil, nil
	unpack(note, func(at uint64, words []byte) { copy(l.reserved[at:], words) })
}

// Packed returns how many bytes the memory is packed into, 0 when it is not.
func (l *Linear) Packed() int { return len(l.packed) + 4*len(l.populate) }
