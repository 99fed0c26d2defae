package snapshot_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

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
	t.Cleanup(image.Close)
	return &snapshot.Snapshot{
		Image: image, Globals: []uint64{1, 1 << 63, 3},
		Boot:   abi.BootInfo{Peer: "sdk/1", Handles: abi.HandlesHTTP, Hooks: abi.HookPreStop},
		Clocks: snapshot.Clocks{Monotonic: 5, Wall: -6}, Initialized: true,
	}, content
}

func TestEncodeDecode(t *testing.T) {
	want, content := sample(t)
	file, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := snapshot.Decode(file, 3, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if !bytes.Equal(got.Image.Bytes(), content) || got.Image.Pages() != want.Image.Pages() {
		t.Error("another image came back")
	}
	for _, d := range []string{
		cmp.Diff(want.Globals, got.Globals), cmp.Diff(want.Boot, got.Boot),
		cmp.Diff(want.Clocks, got.Clocks), cmp.Diff(want.Initialized, got.Initialized),
	} {
		if d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	s, _ := sample(t)
	file, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (*snapshot.Snapshot, error){
		"other module": func() (*snapshot.Snapshot, error) { return snapshot.Decode(file, 4, 1<<20) },
		"over limit":   func() (*snapshot.Snapshot, error) { return snapshot.Decode(file, 3, memory.WasmPageSize) },
		"empty":        func() (*snapshot.Snapshot, error) { return snapshot.Decode(nil, 3, 1<<20) },
	} {
		var format *snapshot.FormatError
		if got, err := try(); got != nil || !errors.As(err, &format) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for at := range file {
		bad := bytes.Clone(file)
		bad[at] ^= 1
		if got, err := snapshot.Decode(bad, 3, 1<<20); err == nil {
			t.Errorf("a file with bit 0 of byte %d flipped was read", at)
			got.Close()
		}
	}
}

// FuzzDecode reads anything. The checksum keeps most input out, so the seeds'
// bodies are what matters; see TestDecodeRefuses for those.
func FuzzDecode(f *testing.F) {
	s, _ := sample(f)
	file, err := s.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)-1])
	f.Add([]byte("wafersnp"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if s, err := snapshot.Decode(file, 3, 1<<20); err == nil {
			s.Close()
		}
	})
}
