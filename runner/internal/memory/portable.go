//go:build !linux || wafer_portable

package memory

import (
	"bytes"
	"fmt"
	"os"

	"github.com/tetratelabs/wazero/experimental"
)

// Image is the immutable content that instances start from. It is safe for
// concurrent use.
type Image struct {
	data []byte
	used pageSet // pages that are not all zeros
}

// NewImage makes an image of content, whose length must be a multiple of
// [WasmPageSize]. content is not kept.
func NewImage(content []byte) (*Image, error) {
	size := uint64(len(content))
	if size == 0 || size%WasmPageSize != 0 {
		return nil, &Error{"imaging", size, fmt.Errorf("not a positive multiple of %d", WasmPageSize)}
	}
	im := &Image{bytes.Clone(content), newPageSet(size)}
	var zero [PageSize]byte
	for page := range size / PageSize {
		if !bytes.Equal(content[page*PageSize:][:PageSize], zero[:]) {
			im.used.add(page, 1)
		}
	}
	return im, nil
}

// OpenImage makes an image of the size bytes at an offset of a file, of which
// it reads the runs of pages named by used. The rest is zeros.
//
// # Errors
//
// An [*Error] when the file cannot be read.
func OpenImage(f *os.File, at int64, size uint64, used []Run) (*Image, error) {
	im := &Image{make([]byte, size), newPageSet(size)}
	for _, r := range used {
		im.used.add(uint64(r.First), uint64(r.Count))
		from := int64(r.First) * PageSize
		if _, err := f.ReadAt(im.data[from:from+int64(r.Count)*PageSize], at+from); err != nil {
			return nil, &Error{"imaging", size, err}
		}
	}
	return im, nil
}

// Size returns the image's length in bytes.
func (im *Image) Size() uint64 { return uint64(len(im.data)) }

// Pages returns how many pages of [PageSize] are not all zeros.
func (im *Image) Pages() int { return im.used.count() }

// Runs returns them in ascending order.
func (im *Image) Runs() []Run { return im.used.runs() }

// ReadAt reads content.
func (im *Image) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(im.data).ReadAt(b, off)
}

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
	limit = roundLimit(limit)
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
// is being created. Closing the instance does not free it.
func (l *Linear) Allocate(_, _ uint64) experimental.LinearMemory { return lent{l} }

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

// Limit returns how many bytes may become usable.
func (l *Linear) Limit() uint64 { return l.limit }

// Grown reports whether the memory is larger than its image, so that it can
// not be reset.
func (l *Linear) Grown() bool { return l.image != nil && len(l.data) > len(l.image.data) }

// TakeRefused reports whether growth was refused since the last call.
func (l *Linear) TakeRefused() bool {
	r := l.refused
	l.refused = false
	return r
}

// recycle makes the memory what New returns.
func (l *Linear) recycle(*Scanner) bool {
	if l.image == nil || l.data == nil {
		return false
	}
	l.data = l.data[:len(l.image.data):len(l.image.data)]
	copy(l.data, l.image.data)
	l.refused = false
	return true
}

// privateBytes is the memory that a recycled memory keeps.
func (l *Linear) privateBytes() int { return cap(l.data) }

// Free gives everything back.
func (l *Linear) Free() { l.data = nil }

// Pack does nothing: there are no pages to give back.
func (l *Linear) Pack(*Scanner) (bool, error) { return false, nil }

// Unpack does nothing.
func (l *Linear) Unpack() {}

// Packed returns 0.
func (l *Linear) Packed() int { return 0 }

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
