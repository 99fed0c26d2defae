package code

import (
	"bytes"
	"testing"
)

// TestSum changes each chunk of different amounts of data.
func TestSum(t *testing.T) {
	seen := map[uint32]int{}
	for _, n := range []int{0, 1, sumChunk - 1, sumChunk, sumChunk + 1, 3*sumChunk + 5} {
		b := bytes.Repeat([]byte{7}, n)
		whole := sum(b)
		if other, ok := seen[whole]; ok {
			t.Errorf("%d and %d bytes have the same sum", n, other)
		}
		seen[whole] = n
		for at := 0; at < n; at += sumChunk / 2 {
			b[at] ^= 1
			if sum(b) == whole {
				t.Errorf("%d bytes, changed at %d, have the same sum", n, at)
			}
			b[at] ^= 1
		}
		if sum(b) != whole {
			t.Errorf("%d bytes have two sums", n)
		}
	}
}
