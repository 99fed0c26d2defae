//go:build !linux || wafer_portable

package memory

import (
	"bytes"
	"fmt"

	"github.com/tetratelabs/wazero/experimental"
)

// Image is the immutable content that instances start from. It is safe for
// concurrent use.
type Image struct {
	data  []byte
	pages int
}

// NewImage makes an image of content, whose length must be a multiple of
// [WasmPageSize]. content is not kept.
func NewImage(content []byte) (*Image, error) {
	size := uint64(len(content))
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	im := &Image{data: bytes.Clone(content)}
	var zero [PageSize]byte
	for at := 0; at < len(content); at += PageSize {
		if !bytes.Equal(content[at:at+PageSize], zero[:]) {
			im.pages++
		}
	}
	return im, nil
}

// Builder makes an image piece by piece. It is not safe for concurrent use.
type Builder struct{ im *Image }

// NewBuilder starts an image of size bytes, all zeros, which must be a positive
// multiple of [WasmPageSize].
func NewBuilder(size uint64) (*Builder, error) {
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	return &Builder{&Image{data: make([]byte, size)}}, nil
}

// Write puts whole pages at an offset, a multiple of [PageSize].
func (b *Builder) Write(at uint64, pages []byte) error {
	if at%PageSize != 0 || len(pages)%PageSize != 0 || at+uint64(len(pages)) > b.im.Size() {
		return &Error{"imaging", b.im.Size(), fmt.Errorf("%d bytes at %d are no pages of it", len(pages), at)}
	}
	b.im.pages += len(pages) / PageSize
	copy(b.im.data[at:], pages)
	return nil
}

// Image returns what was written. The builder is done then.
func (b *Builder) Image() (*Image, error) {
	im := b.im
	b.im = nil
	return im, nil
}

// Close does nothing: the garbage collector frees what was written.
func (b *Builder) Close() {}

// Size returns the image's length in bytes.
func (im *Image) Size() uint64 { return uint64(len(im.data)) }

// Pages returns how many pages of [PageSize] are not all zeros.
func (im *Image) Pages() int { return im.pages }

// Bytes returns the content. It must not be written to.
func (im *Image) Bytes() []byte { return im.data }

// Close does nothing: the garbage collector frees the content.
func (im *Image) Close() {}

// Linear is the linear memory of one instance. It is not safe for concurrent
// use.
type Linear struct {
	data    []byte
	limit   uint64
	image   *Image
	refused bool
}

// New makes a memory of at most limit bytes, which starts as a copy of image,
// or empty when image is nil.
//
// # Errors
//
// An [*Error] when the image is larger than limit.
func New(limit uint64, image *Image) (*Linear, error) {
	limit = max(limit/WasmPageSize, 1) * WasmPageSize
	l := &Linear{limit: limit, image: image}
	if image != nil {
		if image.Size() > limit {
			return nil, &Error{"mapping", image.Size(), fmt.Errorf("the image is larger than the memory limit of %d bytes", limit)}
		}
		l.data = bytes.Clone(image.data)
	}
	return l, nil
}

// Allocate makes a Linear the allocator of the one memory of the instance that
// is being created.
func (l *Linear) Allocate(_, _ uint64) experimental.LinearMemory { return l }

// Reallocate makes size bytes usable and returns them, or returns nil when
// size is over the limit. It never shrinks.
func (l *Linear) Reallocate(size uint64) []byte {
	if size > l.limit {
		l.refused = true
		return nil
	}
	if n := uint64(len(l.data)); size > n {
		l.data = append(l.data, make([]byte, size-n)...)
	}
	return l.data[:size]
}

// Size returns how many bytes are usable.
func (l *Linear) Size() uint64 { return uint64(len(l.data)) }

// Grown reports whether the memory is larger than its image, so that it can
// not be reset.
func (l *Linear) Grown() bool { return l.image != nil && len(l.data) > len(l.image.data) }

// TakeRefused reports whether growth was refused since the last call.
func (l *Linear) TakeRefused() bool {
	r := l.refused
	l.refused = false
	return r
}

// Free gives everything back.
func (l *Linear) Free() { l.data = nil }

// Scanner has nothing to do here: every reset copies the whole image.
type Scanner struct{}

// NewScanner returns a scanner.
func NewScanner() (*Scanner, error) { return &Scanner{}, nil }

// Close does nothing.
func (*Scanner) Close() error { return nil }

// Reset brings the memory back to its image by copying all of it.
//
// # Errors
//
// An [*Error] when the memory has grown.
func (l *Linear) Reset(*Scanner, bool) (Reset, error) {
	if l.image == nil || len(l.data) != len(l.image.data) {
		return Reset{}, &Error{"resetting", l.Size(), fmt.Errorf("the memory is not the size of its image")}
	}
	l.refused = false
	copy(l.data, l.image.data)
	return Reset{Copied: len(l.data) / PageSize}, nil
}

// Learn returns nothing: there are no shared pages.
func (l *Linear) Learn(*Scanner) (WorkingSet, error) { return WorkingSet{}, nil }

// Populate does nothing.
func (l *Linear) Populate(WorkingSet) {}

// Faults returns 0: no reset depends on it.
func Faults() int64 { return 0 }
