package proc

import (
	"maps"
	"testing"
)

func TestParseCode(t *testing.T) {
	const text = `00400000-00a00000 r-xp 00000000 fe:00 1       /usr/bin/wafer
7feab5400000-7feab5980000 rw-p 00010000 fe:00 2                    /a cache/f.code
7fead5410000-7fead6966000 r-xp 00010000 fe:00 2                    /a cache/f.code
7feaf4e10000-7feaf6366000 r-xp 00010000 fe:00 2                    /a cache/f.code
7feaf6410000-7feaf6990000 r--s 00010000 fe:00 3                    /a cache/f.snap
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0
`
	got, err := parseCode([]byte(text))
	if want := map[uint64]bool{0x7fead5410000: true, 0x7feaf4e10000: true}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, error %v, want %v", got, err, want)
	}
	if _, err := parseCode([]byte("x-y r-xp 0 0 0 a.code\n")); err == nil {
		t.Error("an address that is none was read")
	}
}
