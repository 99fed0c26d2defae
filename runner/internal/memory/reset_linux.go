//go:build linux && !wafer_portable

package memory

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Scanner finds the pages of a [Linear] that have become private to it. It is
// safe for concurrent use.
type Scanner struct {
	pagemap *os.File
	fd      int
	buffers sync.Pool // of *[]byte
}

// NewScanner opens the process's page map. Close it when done.
func NewScanner() (*Scanner, error) {
	f, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil, fmt.Errorf("memory: opening page map: %w", err)
	}
	return &Scanner{pagemap: f, fd: int(f.Fd()), buffers: sync.Pool{New: func() any { return new([]byte) }}}, nil
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

// private appends the numbers of l's private pages to list: those that were
// written to, whether they are in RAM now or swapped out.
func (s *Scanner) private(l *Linear, list []uint32) ([]uint32, error) {
	n := int(l.size / PageSize)
	buf := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buf)
	if cap(*buf) < n*8 {
		*buf = make([]byte, n*8)
	}
	entries := (*buf)[:n*8]
	got, err := unix.Pread(s.fd, entries, int64(l.base()/PageSize*8))
	if err != nil || got != len(entries) {
		return list, fmt.Errorf("reading page map: %d of %d bytes: %w", got, len(entries), err)
	}
	for page := range n {
		e := binary.LittleEndian.Uint64(entries[page*8:])
		if e&(pmPresent|pmSwapped) != 0 && e&pmFile == 0 {
			list = append(list, uint32(page))
		}
	}
	return list, nil
}

// Reset brings the memory back to its image.
//
// Every page that is private to this memory is copied back from the image; it
// stays private, so a later write to it costs no page fault. Where there are
// more than [CopyThreshold], they are dropped all at once instead.
//
// quiet says that no page fault happened on the goroutine's thread since the
// last Reset, see [Faults]; then no further page can have become private, and
// the page map need not be read. See RATIONALE.md, "Why does a reset count
// page faults?".
//
// # Errors
//
// An [*Error] when the memory has grown or the kernel refuses; the memory must
// then not be used again.
func (l *Linear) Reset(s *Scanner, quiet bool) (Reset, error) {
	if l.image == nil || l.size != l.image.size {
		return Reset{}, &Error{"resetting", l.size, fmt.Errorf("the memory is not the size of its image")}
	}
	l.refused, l.packed, l.populate = false, nil, nil
	r := Reset{Scanned: !quiet || !l.scanned}
	if r.Scanned {
		var err error
		if l.private, err = s.private(l, l.private[:0]); err != nil {
			return Reset{}, &Error{"resetting", l.size, err}
		}
		l.scanned = true
	}
	if n := len(l.private); n > CopyThreshold {
		if err := unix.Madvise(l.reserved[:l.size], unix.MADV_DONTNEED); err != nil {
			return Reset{}, &Error{"resetting", l.size, fmt.Errorf("madvise: %w", err)}
		}
		l.private = l.private[:0]
		r.Dropped = n
		return r, nil
	}
	for _, page := range l.private {
		at := uint64(page) * PageSize
		if mine := l.reserved[at : at+PageSize]; l.image.used.has(page) {
			copy(mine, l.image.data[at:at+PageSize])
		} else {
			clear(mine)
		}
	}
	r.Copied = len(l.private)
	return r, nil
}

// Learn finds out which of its image's pages the memory has touched so far.
func (l *Linear) Learn(s *Scanner) (WorkingSet, error) {
	var w WorkingSet
	if l.image == nil {
		return w, nil
	}
	buf := make([]byte, l.image.size/PageSize*8)
	if n, err := unix.Pread(s.fd, buf, int64(l.base()/PageSize*8)); err != nil || n != len(buf) {
		return w, &Error{"learning", l.size, fmt.Errorf("reading page map: %d of %d bytes: %w", n, len(buf), err)}
	}
	for page := range uint32(len(buf) / 8) {
		switch e := binary.LittleEndian.Uint64(buf[page*8:]); {
		case e&(pmPresent|pmSwapped) == 0:
		case e&pmFile == 0:
			w.Written = append(w.Written, page)
		default:
			w.Read = append(w.Read, page)
		}
	}
	return w, nil
}

// Populate maps a working set ahead of the page faults that would. Written
// pages come first: where reading them first had mapped the image's pages, each
// would have to be unmapped again on all processors. Failing to is no error:
// the pages are then faulted in one by one.
func (l *Linear) Populate(w WorkingSet) {
	l.advise(w.Written, unix.MADV_POPULATE_WRITE)
	l.advise(w.Read, unix.MADV_POPULATE_READ)
}

// pidfdSelf stands for this process in process_madvise, see PIDFD_SELF in
// linux/pidfd.h; Linux knows it since 6.14, and takes any advice of a process
// about itself since 6.13.
const pidfdSelf = -10001

// maxVector is the most ranges that one system call takes.
const maxVector = 1024

// advise gives advice on runs of pages: in one system call where that works,
// else one by one.
func (l *Linear) advise(pages []uint32, advice int) {
	vector := make([]unix.Iovec, 0, min(len(pages), maxVector))
	for i := 0; i < len(pages); {
		j := i + 1
		for j < len(pages) && pages[j] == pages[j-1]+1 {
			j++
		}
		from, to := uint64(pages[i])*PageSize, (uint64(pages[j-1])+1)*PageSize
		if to > l.size {
			return
		}
		v := unix.Iovec{Base: &l.reserved[from]}
		v.SetLen(int(to - from))
		if vector = append(vector, v); len(vector) == maxVector {
			adviseAll(vector, advice)
			vector = vector[:0]
		}
		i = j
	}
	adviseAll(vector, advice)
}

func adviseAll(vector []unix.Iovec, advice int) {
	if len(vector) == 0 {
		return
	}
	self := pidfdSelf
	_, _, errno := unix.Syscall6(unix.SYS_PROCESS_MADVISE, uintptr(self), uintptr(unsafe.Pointer(&vector[0])), uintptr(len(vector)), uintptr(advice), 0, 0)
	if errno == 0 {
		return
	}
	for _, v := range vector {
		if unix.Madvise(unsafe.Slice(v.Base, v.Len), advice) != nil {
			return
		}
	}
}

// Faults counts the page faults of the calling thread so far. The caller
// compares two counts, with its goroutine locked to the thread in between.
func Faults() int64 {
	// Raw: it never waits, and telling Go's scheduler takes as long as the call.
	var u unix.Rusage
	if _, _, errno := unix.RawSyscall(unix.SYS_GETRUSAGE, unix.RUSAGE_THREAD, uintptr(unsafe.Pointer(&u)), 0); errno != 0 {
		return -1
	}
	return u.Minflt + u.Majflt
}
