package snapshot_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// sample returns a snapshot and the content of its image.
func sample(t testing.TB) (*snapshot.Snapshot, []byte) {
	t.Helper()
	content := make([]byte, 5*memory.WasmPageSize)
	for _, page := range []int{0, 1, 2, 7, 30, 31, 79} {
		copy(content[page*memory.PageSize+9:], bytes.Repeat([]byte{byte(page), 1}, 500))
	}
	image, err := memory.NewImage(content)
	if err != nil {
		t.Fatal(err)
	}
	return &snapshot.Snapshot{
		Image: image, Globals: []uint64{1, 1 << 63, 3},
		Boot:   abi.BootInfo{Peer: "sdk/1", Handles: abi.HandlesHTTP, Hooks: abi.HookPreStop},
		Clocks: snapshot.Clocks{Monotonic: 5, Wall: -6}, Initialized: true,
	}, content
}

// saved is a snapshot in a store.
type saved struct {
	store   snapshot.Store
	key     snapshot.Key
	path    string
	now     *snapshot.Snapshot
	content []byte
}

func save(t *testing.T) *saved {
	t.Helper()
	dir := t.TempDir()
	st, err := snapshot.NewStore(filepath.Join(dir, "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	s := &saved{store: st, key: snapshot.NewKey("a", "b")}
	s.now, s.content = sample(t)
	if s.now, err = st.Save(s.key, s.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.now.Close() })
	files, err := filepath.Glob(filepath.Join(dir, "snapshots", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	s.path = files[0]
	return s
}

// read returns the content of a snapshot's image as instances see it.
func read(t *testing.T, s *snapshot.Snapshot) []byte {
	t.Helper()
	l, err := memory.New(s.Image.Size(), s.Image)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Free()
	return bytes.Clone(l.Reallocate(s.Image.Size()))
}

func compare(t *testing.T, want, got *snapshot.Snapshot) {
	t.Helper()
	for _, d := range []string{
		cmp.Diff(want.Globals, got.Globals), cmp.Diff(want.Boot, got.Boot),
		cmp.Diff(want.Clocks, got.Clocks), cmp.Diff(want.Initialized, got.Initialized),
		cmp.Diff(want.Image.Runs(), got.Image.Runs()),
	} {
		if d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestSaveLoad(t *testing.T) {
	s := save(t)
	want, _ := sample(t)
	defer want.Close()
	compare(t, want, s.now)
	got, err := s.store.Load(s.key, 3, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	compare(t, want, got)
	if err := os.Remove(s.path); err != nil { // as somebody who cleans up would
		t.Fatal(err)
	}
	for name, one := range map[string]*snapshot.Snapshot{"saved": s.now, "loaded": got} {
		if !bytes.Equal(read(t, one), s.content) {
			t.Errorf("%s: another image came back", name)
		}
	}
	if got, err := s.store.Load(s.key, 3, 1<<20); got != nil || err != nil {
		t.Errorf("removed: %v, %v", got, err)
	}
}

// TestSaveReplaces saves a second snapshot under the same key while the first
// one is in use.
func TestSaveReplaces(t *testing.T) {
	s := save(t)
	other, _ := sample(t)
	other.Globals[0] = 77
	other, err := s.store.Save(s.key, other)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if !bytes.Equal(read(t, s.now), s.content) || !bytes.Equal(read(t, other), s.content) {
		t.Error("an image changed")
	}
	got, err := s.store.Load(s.key, 3, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if got.Globals[0] != 77 {
		t.Error("the first one was loaded")
	}
}

func TestLoadRefuses(t *testing.T) {
	s := save(t)
	file, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	// try loads a file, which goes away when it is refused.
	try := func(name string, content []byte, globals int, limit uint64) {
		t.Helper()
		_ = os.Remove(s.path)
		if err := os.WriteFile(s.path, content, 0o400); err != nil {
			t.Fatal(err)
		}
		var format *snapshot.FormatError
		got, err := s.store.Load(s.key, globals, limit)
		if got != nil && len(content) == len(file) && bytes.Equal(read(t, got), s.content) {
			got.Close() // where holes are never looked at, what is in them does no harm
			return
		}
		if got != nil || !errors.As(err, &format) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if got != nil {
			got.Close()
		}
		if _, err := os.Stat(s.path); err == nil {
			t.Errorf("%s: the file is still there", name)
		}
	}
	try("other module", file, 4, 1<<20)
	try("over limit", file, 3, memory.WasmPageSize)
	try("empty", nil, 3, 1<<20)
	try("longer", append(bytes.Clone(file), 0), 3, 1<<20)
	for _, n := range []int{1, 31, 32, 40, memory.WasmPageSize, len(file) - memory.PageSize, len(file) - 1} {
		try("truncated", file[:n], 3, 1<<20)
	}
	head := bytes.LastIndexFunc(file[:memory.WasmPageSize], func(r rune) bool { return r != 0 }) + 1
	flips := []int{}
	for at := range head {
		flips = append(flips, at)
	}
	for page := range len(s.content) / memory.PageSize {
		flips = append(flips, memory.WasmPageSize+page*memory.PageSize+9)
	}
	for _, at := range flips {
		bad := bytes.Clone(file)
		bad[at] ^= 0x10
		try(fmt.Sprintf("flipped bit of byte %d", at), bad, 3, 1<<20)
	}
}

func TestStoreRefusesDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	var refused *snapshot.DirError
	if _, err := snapshot.NewStore(dir); !errors.As(err, &refused) {
		t.Errorf("a directory that anybody may write to: %v", err)
	}
}

func TestSaveFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	st, err := snapshot.NewStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	s, _ := sample(t)
	defer s.Close()
	if got, err := st.Save(snapshot.NewKey("a"), s); got != s || err == nil {
		t.Errorf("%p, %v, want %p and an error", got, err, s)
	}
}
