package front

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/wafer-run/wafer/runner"
)

// TestMegabytes compares with strconv, ties and carries included.
func TestMegabytes(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, n uint64) {
		want := strconv.FormatFloat(runner.Usage{MaxMemory: n}.MaxMemoryMB(), 'f', 2, 64)
		if got := string(appendMegabytes(nil, n)); got != want {
			t.Errorf("%d bytes are %s MB, want %s", n, got, want)
		}
	}
	for n := uint64(0); n < 4<<20; n += 1 << 13 { // of 25 steps one is a tie or none
		check(t, n)
	}
	for _, n := range []uint64{1<<20 - 1, 1<<20 - 5242, 1<<20 - 5243, 99 << 20, 1 << 40, 1<<40 + 1<<19} {
		check(t, n)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.Uint64Max(1<<50).Draw(t, "bytes")) // all of which a float64 has
	})
}
