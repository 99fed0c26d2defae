//go:build linux && !wafer_portable

package memory

import (
	"fmt"
	"testing"
)

func BenchmarkReset(b *testing.B) {
	for _, dirty := range []int{0, 24, 40, 128, -1, -24, -40} {
		quiet := dirty < 0
		dirty = max(dirty, -dirty)
		b.Run(fmt.Sprintf("dirty=%d/quiet=%v", dirty, quiet), func(b *testing.B) {
			content := make([]byte, 70*WasmPageSize)
			for i := range content {
				content[i] = byte(i >> 7)
			}
			im, err := NewImage(content)
			if err != nil {
				b.Fatal(err)
			}
			defer im.Close()
			l, err := New(128<<20, im)
			if err != nil {
				b.Fatal(err)
			}
			defer l.Free()
			mem := l.Reallocate(im.Size())
			s := scanner(b)
			sum := byte(0)
			for i := 0; i < 300; i++ {
				sum += mem[(i*13%1120)*PageSize]
			}
			for i := 0; i < dirty; i++ {
				mem[(i*27%1120)*PageSize]++
			}
			b.ResetTimer()
			for b.Loop() {
				if _, err := l.Reset(s, quiet); err != nil {
					b.Fatal(err)
				}
			}
			_ = sum
		})
	}
}
