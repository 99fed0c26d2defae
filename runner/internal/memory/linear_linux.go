//go:build linux && !wafer_portable

package memory

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// Linear is the linear memory of one instance: a reserved range of addresses,
// of which the first size bytes are usable. It is not safe for concurrent use.
type Linear struct {
	reserved []byte // PROT_NONE where it is not in use
	size     uint64 // usable bytes
	limit    uint64 // what Reallocate refuses to exceed
	image    *Image // nil for an empty memory
	refused  bool
	private  []uint32 // pages known to be private, once scanned
	scanned  bool
	packed   []byte   // what the private pages held, see Pack
	populate []uint32 // pages to map before it is unpacked
}

// New reserves a memory of at most limit bytes, which starts as a copy of
// image, or empty when image is nil. Nothing is committed until it is used.
//
// # Errors
//
// An [*Error], for example when the process has reached vm.max_map_count: an
// instance needs up to three mappings.
func New(limit uint64, image *Image) (*Linear, error) {
	limit = roundLimit(limit)
	l := &Linear{limit: limit, image: image}
	if image != nil && image.size > limit {
		return nil, &Error{"mapping", image.size, fmt.Errorf("the image is larger than the memory limit of %d bytes", limit)}
	}
	reserved, err := unix.Mmap(-1, 0, int(limit), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return nil, &Error{"reserving", limit, explain(err)}
	}
	l.reserved = reserved
	if image != nil {
		if err := l.mapImage(); err != nil {
			l.Free()
			return nil, err
		}
		l.size = image.size
	}
	return l, nil
}

// explain adds what to do to the errors people meet when packing many
// instances on one machine.
func explain(err error) error {
	if errors.Is(err, unix.ENOMEM) {
		return fmt.Errorf("%w (out of memory or of mappings: raise vm.max_map_count, an instance needs up to three)", err)
	}
	return err
}

func (l *Linear) base() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(l.reserved))) }

// mapImage lays the image over the start of the reservation, copy-on-write.
func (l *Linear) mapImage() error {
	return l.mapFixed(l.image.size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_NORESERVE, l.image.fd, l.image.at)
}

// mapFixed replaces the first length bytes of the reservation by those at an
// offset of a file. The package
// unix has no mmap at a fixed address on a slice it handed out before.
func (l *Linear) mapFixed(length uint64, prot, flags, fd int, at int64) error {
	_, _, errno := unix.Syscall6(unix.SYS_MMAP, l.base(), uintptr(length), uintptr(prot), uintptr(flags|unix.MAP_FIXED), uintptr(fd), uintptr(at))
	if errno != 0 {
		return &Error{"mapping", length, explain(errno)}
	}
	return nil
}

// Allocate makes a Linear the allocator of the one memory of the instance that
// is being created. Closing the instance does not free it.
func (l *Linear) Allocate(_, _ uint64) experimental.LinearMemory { return lent{l} }

// Reallocate makes size bytes usable and returns them, or returns nil when
// size is over the limit. The memory never moves, and never shrinks: with an
// image, the module's smaller minimum still gets the whole image.
func (l *Linear) Reallocate(size uint64) []byte {
	if size > l.limit {
		l.refused = true
		return nil
	}
	if size > l.size {
		if err := unix.Mprotect(l.reserved[l.size:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			l.refused = true
			return nil
		}
		l.size = size
	}
	return l.reserved[:size:l.limit]
}

// Size returns how many bytes are usable.
func (l *Linear) Size() uint64 { return l.size }

// Limit returns how many bytes may become usable.
func (l *Linear) Limit() uint64 { return l.limit }

// Grown reports whether the memory is larger than its image, so that it can
// not be reset.
func (l *Linear) Grown() bool { return l.image != nil && l.size > l.image.size }

// TakeRefused reports whether growth was refused since the last call.
func (l *Linear) TakeRefused() bool {
	r := l.refused
	l.refused = false
	return r
}

// recycle makes the memory what New returns, whatever the instance that is
// gone has done to it. It reports false when it cannot.
func (l *Linear) recycle(s *Scanner) bool {
	if l.image == nil || l.reserved == nil {
		return false
	}
	l.packed, l.populate = nil, nil // what it held is of no use any more
	if grown := l.size - l.image.size; grown > 0 {
		_, _, errno := unix.Syscall6(unix.SYS_MMAP, l.base()+uintptr(l.image.size), uintptr(grown), unix.PROT_NONE,
			unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED, ^uintptr(0), 0)
		if errno != 0 {
			return false
		}
		l.size = l.image.size
	}
	_, err := l.Reset(s, false)
	return err == nil
}

// privateBytes is the memory that a recycled memory keeps.
func (l *Linear) privateBytes() int { return len(l.private) * PageSize }

// Free gives everything back. It may be called more than once.
func (l *Linear) Free() {
	if l.reserved != nil {
		_ = unix.Munmap(l.reserved)
		l.reserved, l.size, l.packed = nil, 0, nil
	}
}
