//go:build linux

package code

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
)

// resources counts what a store may leak: mappings of its files, bytes that
// can be executed, and open files.
type resources struct{ mappings, executable, files int }

func resourcesNow(t *testing.T, dir string) (r resources) {
	t.Helper()
	collect()
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if strings.Contains(line, dir) || strings.Contains(line, privatePrefix) {
			r.mappings++
		}
		if f[1] == "r-xp" {
			r.executable += extentOf(t, f[0])
		}
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	r.files = len(fds)
	return r
}

// extentOf returns the size of a range of addresses.
func extentOf(t *testing.T, addresses string) int {
	t.Helper()
	from, to, _ := strings.Cut(addresses, "-")
	a, err := strconv.ParseUint(from, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	b, err := strconv.ParseUint(to, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(b - a)
}

func TestNothingLeaks(t *testing.T) {
	dir := t.TempDir()
	r := subject(t, 0)
	others := variant(t, 1)
	live := func(o Options) {
		o.Config = config()
		s, err := Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			exercise(t, s, load(t, s, r))
			exercise(t, s, load(t, s, others))
			evictAll(s)
		}
		exercise(t, s, load(t, s, r))
		c := load(t, s, others)
		start(t, s, c, acquire(t, c)) // neither closed nor released
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	all := func() {
		live(Options{Dir: dir})
		live(Options{})
		live(Options{Dir: dir, Plain: true})
	}
	all() // what Go and wazero keep
	before := resourcesNow(t, dir)
	for range 5 {
		all()
	}
	after := resourcesNow(t, dir)
	for range 20 { // finalizers run some time after the collection
		if after == before {
			break
		}
		after = resourcesNow(t, dir)
	}
	if after != before || before.mappings != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// TestEvictedCodeIsUnmapped looks at a store that lives on.
func TestEvictedCodeIsUnmapped(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	if s.husks == nil {
		t.Skip("nothing is mapped")
	}
	var codes []*Code
	for i := range 10 {
		codes = append(codes, prepare(t, s, variant(t, i)))
	}
	if got := resourcesNow(t, dir).mappings; got != len(codes) {
		t.Errorf("%d files are mapped, want %d", got, len(codes))
	}
	held := acquire(t, codes[3])
	evictAll(s)
	got := 0
	for range 20 {
		if got = resourcesNow(t, dir).mappings; got == 1 {
			break
		}
	}
	if got != 1 {
		t.Errorf("%d files are mapped, want 1", got)
	}
	held.Release()
}
