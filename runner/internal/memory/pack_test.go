package memory

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestPack changes some words in some pages, also of what the memory has grown
// by, packs and unpacks it, and compares every byte.
func TestPack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	s := scanner(t)
	for round := range 60 {
		im, content := image(t, 10)
		l := linear(t, 20*WasmPageSize, im)
		mem := l.Reallocate(im.Size())
		if round%2 == 1 {
			mem = l.Reallocate(14 * WasmPageSize)
		}
		for range rnd.IntN(60) {
			at := rnd.IntN(len(mem) - 600)
			for i := range 1 + rnd.IntN(1+rnd.IntN(600)) {
				mem[at+i] = byte(rnd.IntN(1 + round%7)) // runs of zeros and repetitions, too
			}
		}
		copy(mem[PageSize-3:], "border")
		want := bytes.Clone(mem)
		packed, err := l.Pack(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := l.Pack(s); again != packed || err != nil {
			t.Fatalf("packed %v, then %v, %v", packed, again, err)
		}
		if packed != (l.Packed() > 0) {
			t.Errorf("packed %v into %d bytes", packed, l.Packed())
		}
		if packed && !bytes.Equal(mem[:len(content)], content) {
			t.Fatal("packing left something in the pages")
		}
		l.Unpack()
		if !bytes.Equal(mem, want) {
			t.Fatalf("round %d: memory differs after packing and unpacking", round)
		}
		if l.Packed() != 0 {
			t.Error("it is still packed")
		}
		if !l.Grown() {
			if _, err := l.Reset(s, true); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(mem, content) {
				t.Fatalf("round %d: memory differs from its image after reset", round)
			}
		}
	}
}

// TestPackRandom packs what cannot be made smaller.
func TestPackRandom(t *testing.T) {
	im, _ := image(t, 2)
	l := linear(t, 2*WasmPageSize, im)
	mem := l.Reallocate(im.Size())
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range mem {
		mem[i] = byte(rnd.Uint32())
	}
	want := bytes.Clone(mem)
	if packed, err := l.Pack(scanner(t)); packed || err != nil {
		t.Errorf("packed %v, %v", packed, err)
	}
	l.Unpack()
	if !bytes.Equal(mem, want) {
		t.Error("it changed")
	}
}

// TestSpares hands memories on that instances have used in every way, and
// looks for what they left.
func TestSpares(t *testing.T) {
	sc := scanner(t)
	s := NewSpares(sc)
	im, content := image(t, 10)
	other, _ := image(t, 10)
	const limit = 20 * WasmPageSize
	secret := []byte("a secret")
	var used []*Linear
	for i, use := range []func(l *Linear, mem []byte){
		func(*Linear, []byte) {},
		func(_ *Linear, mem []byte) { copy(mem[5*PageSize:], secret) },
		func(l *Linear, mem []byte) { copy(l.Reallocate(limit)[limit-PageSize:], secret); copy(mem, secret) },
		func(l *Linear, mem []byte) {
			copy(mem, secret)
			if _, err := l.Pack(sc); err != nil {
				t.Error(err)
			}
		},
		func(_ *Linear, mem []byte) {
			for at := 0; at < len(mem)-8; at += PageSize {
				copy(mem[at:], secret)
			}
		},
	} {
		l := s.Take(limit, im)
		if (l != nil) != (i > 0) {
			t.Fatalf("use %d: got %v", i, l)
		}
		if l == nil {
			l = linear(t, limit, im)
		}
		if l.Size() != im.Size() || l.Grown() || l.Packed() != 0 {
			t.Errorf("use %d: %d bytes, grown %v, packed into %d", i, l.Size(), l.Grown(), l.Packed())
		}
		mem := l.Reallocate(im.Size())
		if !bytes.Equal(mem, content) {
			t.Fatalf("use %d: memory differs from its image", i)
		}
		use(l, mem)
		used = append(used, l)
		s.Put(l)
	}
	if s.Take(limit, other) != nil || s.Take(limit+WasmPageSize, im) != nil || s.Take(limit, nil) != nil {
		t.Error("got the memory of another image or limit")
	}
	l := s.Take(limit, im)
	if grown := l.Reallocate(limit); !bytes.Equal(grown[:len(content)], content) || len(bytes.Trim(grown[len(content):], "\x00")) > 0 {
		t.Error("what it had grown by came back")
	}
	s.Put(l)
	s.Forget(im)
	if s.Take(limit, im) != nil || s.held != 0 {
		t.Errorf("forgotten, but %d bytes are held", s.held)
	}
	s.Put(linear(t, limit, nil))
	s.Close()
	s.Put(linear(t, limit, im))
	if len(s.list) != 0 {
		t.Error("it keeps memories after it was closed")
	}
	for _, l := range used {
		l.Free() // again
	}
}

// TestSparesAreBounded puts more than they may hold.
func TestSparesAreBounded(t *testing.T) {
	s := NewSpares(scanner(t))
	defer s.Close()
	im, _ := image(t, 64)
	for range 40 {
		l := linear(t, im.Size(), im)
		mem := l.Reallocate(im.Size())
		for at := 0; at < 400*PageSize; at += PageSize {
			mem[at]++
		}
		s.Put(l)
	}
	if s.held > maxSpares || s.held == 0 || len(s.list) == 40 {
		t.Errorf("%d spares of %d bytes", len(s.list), s.held)
	}
	s.expire()
	if s.held != 0 || len(s.list) != 0 {
		t.Errorf("%d spares of %d bytes are left", len(s.list), s.held)
	}
}
