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
	size := uint64(len(content))
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	fd, err := unix.MemfdCreate("wafer-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, &Error{"imaging", size, fmt.Errorf("memfd_create: %w", err)}
	}
	im := &Image{fd: fd, size: size}
	if err := im.fill(content); err != nil {
		im.Close()
		return nil, &Error{"imaging", size, err}
	}
	return im, nil
}

func (im *Image) fill(content []byte) error {
	if err := unix.Ftruncate(im.fd, int64(im.size)); err != nil {
		return fmt.Errorf("ftruncate: %w", err)
	}
	for from := 0; from < len(content); {
		if bytes.Equal(content[from:from+PageSize], zeroPage[:]) {
			from += PageSize
			continue
		}
		to := from
		for to < len(content) && !bytes.Equal(content[to:to+PageSize], zeroPage[:]) {
			to += PageSize
		}
		im.pages += (to - from) / PageSize
		for at := from; at < to; {
			n, err := unix.Pwrite(im.fd, content[at:to], int64(at))
			if err != nil {
				return fmt.Errorf("pwrite: %w", err)
			}
			at += n
		}
		from = to
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(im.fd), unix.F_ADD_SEALS, seals); err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	data, err := unix.Mmap(im.fd, 0, int(im.size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mmap: %w", err)
	}
	im.data = data
	return nil
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
