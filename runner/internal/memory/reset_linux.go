//go:build linux && !wafer_portable

package memory

import (
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Scanner finds the pages of a [Linear] that may differ from its image. One
// Scanner serves one goroutine at a time.
type Scanner struct {
	pagemap *os.File
	entries []byte
}

// NewScanner opens the process's page map. Close it when done.
func NewScanner() (*Scanner, error) {
	f, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil, fmt.Errorf("memory: opening page map: %w", err)
	}
	return &Scanner{pagemap: f}, nil
}

// Close closes the page map.
func (s *Scanner) Close() error { return s.pagemap.Close() }

// Bits of an entry of /proc/PID/pagemap, see
// https://docs.kernel.org/admin-guide/mm/pagemap.html.
const (
	pmPresent = 1 << 63
	pmSwapped = 1 << 62
	pmFile    = 1 << 61 // page of a file or of shared memory: not yet copied
)

// CopyThreshold is the number of dirty pages above which a reset remaps the
// image instead of copying pages back: beyond it the copying costs more than
// the page faults that it saves.
const CopyThreshold = 512

// Reset brings the memory back to its image.
//
// Every page that has become private to this memory, whether it is in RAM or
// swapped out, is copied back from the image; those stay private, so a later
// write to them costs no page fault. Where there are more than
// [CopyThreshold], they are dropped all at once instead.
//
// # Errors
//
// An [*Error] when the memory has grown or the kernel refuses; the memory must
// then not be used again.
func (l *Linear) Reset(s *Scanner) (Reset, error) {
	if l.image == nil || l.size != l.image.size {
		return Reset{}, &Error{"resetting", l.size, fmt.Errorf("the memory is not the size of its image")}
	}
	l.refused = false
	n := int(l.size / PageSize)
	if cap(s.entries) < n*8 {
		s.entries = make([]byte, n*8)
	}
	entries := s.entries[:n*8]
	got, err := unix.Pread(int(s.pagemap.Fd()), entries, int64(l.base()/PageSize*8))
	if err != nil || got != len(entries) {
		return Reset{}, &Error{"resetting", l.size, fmt.Errorf("reading page map: %d of %d bytes: %w", got, len(entries), err)}
	}
	private := func(page int) bool {
		e := binary.LittleEndian.Uint64(entries[page*8:])
		return e&(pmPresent|pmSwapped) != 0 && e&pmFile == 0
	}
	var r Reset
	for page := 0; page < n; page++ {
		if private(page) {
			r.Copied++
		}
	}
	if r.Copied > CopyThreshold {
		return Reset{Dropped: r.Copied}, l.drop()
	}
	for page := 0; page < n; page++ {
		if private(page) {
			at := page * PageSize
			copy(l.reserved[at:at+PageSize], l.image.data[at:at+PageSize])
		}
	}
	return r, nil
}

// drop forgets every private page.
func (l *Linear) drop() error {
	if err := unix.Madvise(l.reserved[:l.size], unix.MADV_DONTNEED); err != nil {
		return &Error{"resetting", l.size, fmt.Errorf("madvise: %w", err)}
	}
	return nil
}

var _ = unsafe.Pointer(nil)
