//go:build linux && !wafer_portable

package memory

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"
)

// TestResetUnderPressure pushes the memory's pages out between writing and
// resetting, as a kernel short of memory would: to swap where there is some,
// and out of the mapping where they are the image's. Nothing written may be
// left, whether or not the reset reads the page map.
func TestResetUnderPressure(t *testing.T) {
	for _, advice := range []int{unix.MADV_PAGEOUT, unix.MADV_COLD} {
		for _, quiet := range []bool{false, true} {
			im, content := image(t, 8)
			s := scanner(t)
			l := linear(t, 8*WasmPageSize, im)
			mem := l.Reallocate(im.Size())
			write := func() {
				for at := 0; at < len(mem); at += 5 * PageSize {
					copy(mem[at+100:], "a secret")
				}
			}
			write()
			if _, err := l.Reset(s, false); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				write() // to pages that are private already: quiet is true to the fact
				if err := unix.Madvise(mem, advice); err != nil {
					t.Skipf("madvise: %v", err)
				}
				if _, err := l.Reset(s, quiet); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(mem, content) {
					t.Fatalf("advice %d, quiet %v: memory differs from its image after reset", advice, quiet)
				}
			}
		}
	}
}
