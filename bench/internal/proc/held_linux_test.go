package proc

import (
	"os"
	"runtime"
	"testing"
)

// What a process holds grows with what it has touched, and is about what the
// costly way says.
func TestReadHeld(t *testing.T) {
	const more = 64 << 20
	before, err := ReadHeld(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, more)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	after, err := ReadHeld(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := ReadTree(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(b)
	if grown := after - before; grown < more*9/10 || grown > more*3/2 {
		t.Errorf("64 MiB more are %d", grown)
	}
	if d := after - tree.Memory.Held(); d < -8<<20 || d > 8<<20 {
		t.Errorf("it is %d, and %d by the mappings", after, tree.Memory.Held())
	}
	if n, err := parseAnonymous([]byte("VmRSS:\t 9 kB\nRssAnon:\t   12 kB\nRssFile:\t 3 kB\n")); n != 12<<10 || err != nil {
		t.Errorf("%d, error %v, want 12 KiB", n, err)
	}
	if _, err := parseAnonymous([]byte("\nRssAnon:\t x kB\n")); err == nil {
		t.Error("a number that is none was read")
	}
}
