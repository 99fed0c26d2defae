// Package spans prepares the allocator of a guest that is about to be saved.
package spans

// maxSize is the largest object, in bytes, that a clone finds room for.
const maxSize = 4 << 10

// words and bytes keep the compiler from leaving out what Fill allocates.
var (
	bytes []byte
	words []*byte
)

// Fill fills the allocator's cache with a span of each small size, for objects
// with pointers and without. A clone that needs a size for the first time takes a
// span from the heap otherwise, which writes to several pages. A garbage
// collection undoes it.
func Fill() {
	// Steps of an eighth meet every size class. Few objects: a collection that
	// they set off would undo it all.
	for size := 8; size <= maxSize; size += 8 + size/8&^7 {
		bytes = make([]byte, size)
		words = make([]*byte, size/8)
	}
	bytes, words = nil, nil
}
