package memory

import "math/bits"

// Run is a stretch of pages of [PageSize].
type Run struct{ First, Count uint32 }

// pageSet is a set of pages of a memory, a bit each.
type pageSet []uint64

func newPageSet(size uint64) pageSet { return make(pageSet, (size/PageSize+63)/64) }

// add adds n pages from first on.
func (s pageSet) add(first, n uint64) {
	for p := first; p < first+n; p++ {
		s[p/64] |= 1 << (p % 64)
	}
}

func (s pageSet) has(page uint32) bool { return s[page/64]>>(page%64)&1 != 0 }

func (s pageSet) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// runs returns the set in ascending order.
func (s pageSet) runs() []Run {
	var list []Run
	for p := range uint32(len(s) * 64) {
		if !s.has(p) {
			continue
		}
		if n := len(list); n > 0 && list[n-1].First+list[n-1].Count == p {
			list[n-1].Count++
		} else {
			list = append(list, Run{p, 1})
		}
	}
	return list
}
