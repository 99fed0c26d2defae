package bundle

import (
	"archive/zip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestEndlessDirectory opens a zip with many more entries than a package may have:
// they must not be read into memory to be counted.
func TestEndlessDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "code.zip")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for i := range 100_000 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = open(file, cache, limits{1 << 30, 1000})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.HasSuffix(err.Error(), "its list of entries has over 518144 bytes, enough for the limit of 1000 entries") {
		t.Errorf("error %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
		t.Errorf("refusing it took %d bytes", n)
	}
}
