package proc

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

const rollup = `00400000-7ffd rw-p 00000000 00:00 0    [rollup]
Rss:               10240 kB
Pss:                2048 kB
Pss_Dirty:          1024 kB
Private_Clean:        12 kB
Private_Dirty:      1000 kB
Anonymous:           900 kB
`

func TestParseMemory(t *testing.T) {
	got, err := parseMemory([]byte(rollup))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Memory{PrivateDirty: 1000 << 10, Proportional: 2048 << 10, Anonymous: 900 << 10}, got); diff != "" {
		t.Error(diff)
	}
	for name, text := range map[string]string{
		"a missing line": strings.Replace(rollup, "Pss:", "Pxx:", 1),
		"no number":      strings.Replace(rollup, "1000", "lots", 1),
	} {
		if got, err := parseMemory([]byte(text)); err == nil {
			t.Errorf("%s: %+v, want an error", name, got)
		}
	}
}

func TestParseCPUTime(t *testing.T) {
	got, err := parseCPUTime([]byte("cpu  10 1 20 500 7 2 3 4 99 99\ncpu0 1 1 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (cpuTime{busy: 40, total: 547}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, text := range []string{"", "cpu 1 2 3\n", "cpu0 1 2 3 4 5 6 7 8\n", "cpu a b c d e f g h\n"} {
		if got, err := parseCPUTime([]byte(text)); err == nil {
			t.Errorf("%q: %+v, want an error", text, got)
		}
	}
}

func TestModel(t *testing.T) {
	if got := model("processor\t: 0\nmodel name\t: Fast One\nmodel name\t: Other\n"); got != "Fast One" {
		t.Errorf("model %q", got)
	}
	if got := model("nothing"); got != "" {
		t.Errorf("model %q", got)
	}
}

// TestReadMemory touches memory and expects to find it.
func TestReadMemory(t *testing.T) {
	debug.FreeOSMemory() // what other tests have left would go meanwhile
	before, err := ReadMemory()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 64<<20)
	for i := range b {
		b[i] = 1
	}
	after, err := ReadMemory()
	if err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(b)
	if grown := after.PrivateDirty - before.PrivateDirty; grown < 56<<20 {
		t.Errorf("private memory grew by %d bytes, 64 MiB were touched", grown)
	}
}

// TestMemoryFiles expects pages of a memory file to be counted once, mapped or
// not.
func TestMemoryFiles(t *testing.T) {
	const size = 16 << 20
	read := func() Memory {
		t.Helper()
		m, err := ReadMemory()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	content := make([]byte, size)
	for i := range content {
		content[i] = 1
	}
	debug.FreeOSMemory()
	before := read()
	fd, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if n, err := unix.Pwrite(fd, content, 0); err != nil || n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	unmapped := read()
	if grown := unmapped.Held() - before.Held(); grown < size-size/4 || grown > size+size/4 {
		t.Errorf("a file of %d bytes counts as %d", size, grown)
	}
	if grown := unmapped.PrivateDirty - before.PrivateDirty; grown > size/4 {
		t.Errorf("a file that is not mapped counts as %d private bytes", grown)
	}
	mapped, err := unix.Mmap(fd, 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(mapped) }()
	if grown := read().Held() - unmapped.Held(); grown > size/4 {
		t.Errorf("mapping the file counts as %d bytes more", grown)
	}
}
