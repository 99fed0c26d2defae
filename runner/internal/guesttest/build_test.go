package guesttest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

const handler = `package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.Start(func() (string, error) { return "A", nil }) }
`

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBuild builds, and then tampers with the cache to see when it is used.
func TestBuild(t *testing.T) {
	cache, dir := t.TempDir(), t.TempDir()
	t.Setenv("WAFER_TEST_CACHE", cache)
	write(t, filepath.Join(dir, "main.go"), handler)

	// At the same time, and built once: the cache holds one module.
	var modules [4][]byte
	t.Run("at the same time", func(t *testing.T) {
		for i := range modules {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				modules[i] = guesttest.Build(t, dir)
			})
		}
	})
	for _, m := range modules {
		if !bytes.Equal(m, modules[0]) {
			t.Fatal("two builds of one guest differ")
		}
	}
	parsed, err := wasm.Parse(modules[0])
	if err != nil {
		t.Fatal(err)
	}
	if s, err := stamp.Read(parsed); err != nil || !s.Reseed {
		t.Errorf("stamp %+v, %v", s, err)
	}
	kept, err := filepath.Glob(filepath.Join(cache, "*.wasm"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("cache holds %v, %v; want one module", kept, err)
	}

	write(t, kept[0], "from the cache")
	if got := guesttest.Build(t, dir); string(got) != "from the cache" {
		t.Error("an unchanged guest was built again")
	}
	write(t, filepath.Join(dir, "main_test.go"), "package main\n")
	if got := guesttest.Build(t, dir); string(got) != "from the cache" {
		t.Error("a test file beside the guest led to another build")
	}
	write(t, filepath.Join(dir, "main.go"), handler+"\nconst changed = true\n")
	if got := guesttest.Build(t, dir); string(got) == "from the cache" {
		t.Error("a changed guest was not built again")
	}
}
