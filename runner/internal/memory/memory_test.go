package memory

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
)

// image returns an image with a pattern in every third page.
func image(t testing.TB, wasmPages int) (*Image, []byte) {
	t.Helper()
	content := make([]byte, wasmPages*WasmPageSize)
	for at := 0; at < len(content); at += 3 * PageSize {
		copy(content[at:], bytes.Repeat([]byte{byte(at>>12) | 1}, 100))
	}
	im, err := NewImage(content)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(im.Close)
	return im, content
}

// bytesOf reads the whole image.
func bytesOf(t testing.TB, im *Image) []byte {
	t.Helper()
	b := make([]byte, im.Size())
	if _, err := im.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

func linear(t testing.TB, limit uint64, im *Image) *Linear {
	t.Helper()
	l, err := New(limit, im)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Free)
	return l
}

func scanner(t testing.TB) *Scanner {
	t.Helper()
	s, err := NewScanner()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStartsAsImage(t *testing.T) {
	im, content := image(t, 4)
	if want := (len(content)/PageSize + 2) / 3; im.Pages() != want {
		t.Errorf("image has %d pages, want %d", im.Pages(), want)
	}
	l := linear(t, 64*WasmPageSize, im)
	l.Reallocate(WasmPageSize) // the module's minimum is smaller
	if l.Size() != im.Size() {
		t.Fatalf("size %d, want the image's %d", l.Size(), im.Size())
	}
	if mem := l.Reallocate(im.Size()); !bytes.Equal(mem, content) {
		t.Fatal("memory differs from its image")
	}
}

func TestGrowth(t *testing.T) {
	im, content := image(t, 2)
	l := linear(t, 8*WasmPageSize, im)
	mem := l.Reallocate(im.Size())
	mem[5] = 77
	grown := l.Reallocate(8 * WasmPageSize)
	if grown == nil || grown[5] != 77 {
		t.Fatal("growing lost what was written")
	}
	for i, c := range grown[len(content):] {
		if c != 0 {
			t.Fatalf("new memory is not zero at %d", i)
		}
	}
	grown[len(grown)-1] = 1
	if !l.Grown() {
		t.Error("Grown is false")
	}
	if l.TakeRefused() {
		t.Error("refusal reported before there was one")
	}
	if l.Reallocate(9*WasmPageSize) != nil {
		t.Error("grew over the limit")
	}
	if !l.TakeRefused() || l.TakeRefused() {
		t.Error("refusal must be reported exactly once")
	}
	if _, err := l.Reset(scanner(t), false); err == nil {
		t.Error("a grown memory was reset")
	}
}

func TestImageOverLimit(t *testing.T) {
	im, _ := image(t, 4)
	if _, err := New(2*WasmPageSize, im); err == nil {
		t.Fatal("mapped an image that is larger than the limit")
	}
}

func TestNewImageSize(t *testing.T) {
	for _, n := range []int{0, 1, WasmPageSize - 1, WasmPageSize + PageSize} {
		if _, err := NewImage(make([]byte, n)); err == nil {
			t.Errorf("made an image of %d bytes", n)
		}
	}
}

// TestReset writes random pages in rounds, with and without what a quiet reset
// relies on, and compares every byte after each reset.
func TestReset(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	im, content := image(t, 70)
	s := scanner(t)
	l := linear(t, 128*WasmPageSize, im)
	mem := l.Reallocate(im.Size())
	rnd := rand.New(rand.NewPCG(1, 2))
	before := Faults()
	for round := range 200 {
		pages := rnd.IntN(40)
		if round%50 == 49 {
			pages = CopyThreshold * 2 // takes the other way
		}
		if round%3 == 0 {
			pages = 1 // stays within what is private already, most times
		}
		for range pages {
			mem[rnd.IntN(len(mem))] ^= 0xff
		}
		quiet := Faults() == before
		if _, err := l.Reset(s, quiet); err != nil {
			t.Fatal(err)
		}
		before = Faults()
		if !bytes.Equal(mem, content) {
			t.Fatalf("round %d (quiet %v): memory differs from its image after reset", round, quiet)
		}
	}
	if !bytes.Equal(bytesOf(t, im), content) {
		t.Fatal("the image itself was changed")
	}
}

func TestSiblingsAreApart(t *testing.T) {
	im, content := image(t, 2)
	a, b := linear(t, 2*WasmPageSize, im), linear(t, 2*WasmPageSize, im)
	ma, mb := a.Reallocate(im.Size()), b.Reallocate(im.Size())
	a.Populate(WorkingSet{Written: []uint32{0, 1, 2, 7, 9}, Read: []uint32{4, 5, 30}})
	copy(ma, "secret")
	if !bytes.Equal(mb, content) || !bytes.Equal(bytesOf(t, im), content) {
		t.Fatal("a write in one memory shows in another")
	}
}
