//go:build linux && !wafer_portable

package memory

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"
)

// Image is the immutable content that instances start from. It is safe for
// concurrent use. Close it after the last [Linear] that was made from it has
// been freed.
type Image struct {
	fd    int
	data  []byte // shared, read-only mapping of fd
	size  uint64
	pages int
}

var zeroPage [PageSize]byte

// NewImage makes an image of content, whose length must be a multiple of
// [WasmPageSize]. Pages of zeros take no memory. content is not kept.
func NewImage(content []byte) (*Image, error) {
	b, err := NewBuilder(uint64(len(content)))
	if err != nil {
		return nil, err
	}
	defer b.Close()
	for from := 0; from < len(content); {
		if bytes.Equal(content[from:from+PageSize], zeroPage[:]) {
			from += PageSize
			continue
		}
		to := from
		for to < len(content) && !bytes.Equal(content[to:to+PageSize], zeroPage[:]) {
			to += PageSize
		}
		if err := b.Write(uint64(from), content[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	return b.Image()
}

// Builder makes an image piece by piece, without holding it twice. It is not
// safe for concurrent use.
type Builder struct{ im *Image }

// NewBuilder starts an image of size bytes, all zeros, which must be a positive
// multiple of [WasmPageSize].
func NewBuilder(size uint64) (*Builder, error) {
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	fd, err := unix.MemfdCreate("wafer-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, &Error{"imaging", size, fmt.Errorf("memfd_create: %w", err)}
	}
	b := &Builder{&Image{fd: fd, size: size}}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		b.Close()
		return nil, &Error{"imaging", size, fmt.Errorf("ftruncate: %w", err)}
	}
	return b, nil
}

// Write puts whole pages at an offset, a multiple of [PageSize]. The kernel
// takes them over: writing to a mapping instead would fault on each.
func (b *Builder) Write(at uint64, pages []byte) error {
	if at%PageSize != 0 || len(pages)%PageSize != 0 || at+uint64(len(pages)) > b.im.size {
		return &Error{"imaging", b.im.size, fmt.Errorf("%d bytes at %d are no pages of it", len(pages), at)}
	}
	b.im.pages += len(pages) / PageSize
	for len(pages) > 0 {
		n, err := unix.Pwrite(b.im.fd, pages, int64(at))
		if err != nil {
			return &Error{"imaging", b.im.size, fmt.Errorf("pwrite: %w", err)}
		}
		pages, at = pages[n:], at+uint64(n)
	}
	return nil
}

// Image seals what was written. The builder is done then.
func (b *Builder) Image() (*Image, error) {
	im := b.im
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(im.fd), unix.F_ADD_SEALS, seals); err != nil {
		return nil, &Error{"imaging", im.size, fmt.Errorf("sealing: %w", err)}
	}
	data, err := unix.Mmap(im.fd, 0, int(im.size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, &Error{"imaging", im.size, fmt.Errorf("mmap: %w", err)}
	}
	im.data = data
	b.im = nil
	return im, nil
}

// Close gives up an image that was not finished. After Image it does nothing.
func (b *Builder) Close() {
	if b.im != nil {
		b.im.Close()
		b.im = nil
	}
}

// Size returns the image's length in bytes.
func (im *Image) Size() uint64 { return im.size }

// Pages returns how many pages of [PageSize] are not all zeros.
func (im *Image) Pages() int { return im.pages }

// Bytes returns the content. It must not be written to, and not be used after
// Close.
func (im *Image) Bytes() []byte { return im.data }

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
