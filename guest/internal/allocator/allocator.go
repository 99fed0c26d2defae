// Package allocator prepares the allocator of a guest that is about to be saved.
package allocator

// maxSize is the largest object, in bytes, that a clone finds room for.
const maxSize = 4 << 10

// bytes and words are written, and never read: that keeps the compiler from
// leaving out what Fill allocates.
var (
	bytes []byte  //nolint:unused // see above
	words []*byte //nolint:unused // see above
)

// Fill fills the allocator's cache with a span of each small size, for objects
// with pointers and without. A clone that needs a size for the first time takes a
// span from the heap otherwise, which writes to several pages. A garbage
// collection undoes it.
func Fill() {
	step := 8
	for size := step; size <= maxSize; size += step {
		bytes = make([]byte, size)
		words = make([]*byte, size/8)
		if size == 1<<10 {
			step = 1 << 7 // as size classes; a quarter of a megabyte in all sets off no collection
		}
	}
	bytes, words = nil, nil
}
