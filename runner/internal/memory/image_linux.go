//go:build linux && !wafer_portable

package memory

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Image is the immutable content that instances start from: a memory file, or
// a part of a file on disk. It is safe for concurrent use. Close it after the
// last [Linear] that was made from it has been freed.
type Image struct {
	fd   int
	at   int64  // where it begins in the file
	data []byte // read-only mapping of it
	size uint64
	used pageSet // pages that are not all zeros
}

var zeroPage [PageSize]byte

// NewImage makes an image of content, whose length must be a multiple of
// [WasmPageSize]. Pages of zeros take no memory. content is not kept.
func NewImage(content []byte) (*Image, error) {
	size := uint64(len(content))
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	fd, err := unix.MemfdCreate("wafer-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, &Error{"imaging", size, fmt.Errorf("memfd_create: %w", err)}
	}
	im := &Image{fd: fd, size: size, used: newPageSet(size)}
	if err := im.fill(content); err != nil {
		im.Close()
		return nil, err
	}
	return im, nil
}

// fill writes the content and seals it. The kernel takes pages over that are
// written: writing to a mapping instead would fault on each.
func (im *Image) fill(content []byte) error {
	if err := unix.Ftruncate(im.fd, int64(im.size)); err != nil {
		return &Error{"imaging", im.size, fmt.Errorf("ftruncate: %w", err)}
	}
	for page := range im.size / PageSize {
		if !bytes.Equal(content[page*PageSize:][:PageSize], zeroPage[:]) {
			im.used.add(page, 1)
		}
	}
	for _, r := range im.used.runs() {
		at := int(r.First) * PageSize
		for left := content[at : at+int(r.Count)*PageSize]; len(left) > 0; {
			n, err := unix.Pwrite(im.fd, left, int64(at))
			if err != nil {
				return &Error{"imaging", im.size, fmt.Errorf("pwrite: %w", err)}
			}
			left, at = left[n:], at+n
		}
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(im.fd), unix.F_ADD_SEALS, seals); err != nil {
		return &Error{"imaging", im.size, fmt.Errorf("sealing: %w", err)}
	}
	return im.mapData()
}

// OpenImage makes an image of the size bytes at an offset of a file, a
// multiple of [WasmPageSize]. Only the runs of pages named by used may hold
// anything but zeros. The file may be closed and removed afterwards, but must
// never be changed. Its pages are the kernel's to drop and read again.
//
// # Errors
//
// An [*Error] when the file does not fit that, or cannot be mapped.
func OpenImage(f *os.File, at int64, size uint64, used []Run) (*Image, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, &Error{"imaging", size, fmt.Errorf("dup: %w", err)}
	}
	im := &Image{fd: fd, at: at, size: size, used: newPageSet(size)}
	for _, r := range used {
		im.used.add(uint64(r.First), uint64(r.Count))
	}
	if err := im.checkHoles(); err != nil {
		im.Close()
		return nil, err
	}
	if err := im.mapData(); err != nil {
		im.Close()
		return nil, err
	}
	return im, nil
}

// checkHoles makes sure that pages without content are zeros: holes in the
// file, or, where the file system makes none, written out.
func (im *Image) checkHoles() error {
	for at, end := im.at, im.at+int64(im.size); at < end; {
		data, err := unix.Seek(im.fd, at, unix.SEEK_DATA)
		if err == unix.ENXIO {
			return nil // nothing but a hole is left
		}
		next := end
		if err == nil && data >= end {
			return nil
		}
		if err != nil {
			data = at // it cannot tell
		} else if hole, err := unix.Seek(im.fd, data, unix.SEEK_HOLE); err == nil {
			next = min(hole, end)
		}
		for page := (data - im.at) / PageSize; page*PageSize < next-im.at; page++ {
			if im.used.has(uint32(page)) {
				continue
			}
			var b [PageSize]byte
			if _, err := im.ReadAt(b[:], page*PageSize); err != nil {
				return err
			}
			if b != zeroPage {
				return &Error{"imaging", im.size, fmt.Errorf("page %d is not zero", page)}
			}
		}
		at = next
	}
	return nil
}

func (im *Image) mapData() error {
	data, err := unix.Mmap(im.fd, im.at, int(im.size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return &Error{"imaging", im.size, fmt.Errorf("mmap: %w", err)}
	}
	im.data = data
	return nil
}

// Size returns the image's length in bytes.
func (im *Image) Size() uint64 { return im.size }

// Pages returns how many pages of [PageSize] are not all zeros.
func (im *Image) Pages() int { return im.used.count() }

// Runs returns them in ascending order.
func (im *Image) Runs() []Run { return im.used.runs() }

// ReadAt reads content without mapping it: reading a page of a memory file
// through a mapping allocates it, also where it is a hole.
func (im *Image) ReadAt(b []byte, off int64) (int, error) {
	done := 0
	for done < len(b) {
		n, err := unix.Pread(im.fd, b[done:], im.at+off+int64(done))
		if err == unix.EINTR {
			continue
		}
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return done, &Error{"reading", im.size, fmt.Errorf("%d of %d bytes at %d: %w", done, len(b), off, err)}
		}
		done += n
	}
	return done, nil
}

// Close gives the image's memory back. It may be called more than once.
func (im *Image) Close() {
	if im.data != nil {
		_ = unix.Munmap(im.data)
		im.data = nil
	}
	if im.fd >= 0 {
		_ = unix.Close(im.fd)
		im.fd = -1
	}
}
