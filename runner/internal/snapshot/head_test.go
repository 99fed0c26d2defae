package snapshot

import (
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
)

// FuzzParseHead reads anything as the head of a file.
func FuzzParseHead(f *testing.F) {
	content := make([]byte, memory.WasmPageSize)
	content[5*memory.PageSize] = 1
	image, err := memory.NewImage(content)
	if err != nil {
		f.Fatal(err)
	}
	defer image.Close()
	s := Snapshot{Image: image, Globals: []uint64{1, 2, 3}, Boot: abi.BootInfo{Peer: "sdk/1", Handles: abi.HandlesHTTP}}
	head := s.head()
	f.Add(head)
	f.Add(head[:len(head)-1])
	f.Fuzz(func(t *testing.T, head []byte) {
		s, m, err := parseHead(head, 3, 1<<20)
		if err != nil {
			return
		}
		if len(s.Globals) != 3 || m.size == 0 || m.size > 1<<20 {
			t.Errorf("%d globals, a memory of %d bytes", len(s.Globals), m.size)
		}
		for _, r := range m.runs {
			if (uint64(r.First)+uint64(r.Count))*memory.PageSize > m.size {
				t.Errorf("run %v is outside of %d bytes", r, m.size)
			}
		}
	})
}
