package bundle

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// TestUnpackingTogether: who unpacks sweeps first, and must leave alone what
// others are unpacking.
func TestUnpackingTogether(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range 100 {
				got, release, err := cached(dir, fmt.Sprintf("%d-%d", worker, n), func(root *os.Root) error {
					return root.WriteFile("file", []byte("text"), 0o644)
				})
				if err != nil {
					t.Error(err)
					return
				}
				if b, err := os.ReadFile(got + "/file"); err != nil || string(b) != "text" {
					t.Errorf("the file has %q, %v", b, err)
				}
				if err := release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
