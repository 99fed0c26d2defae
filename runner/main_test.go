package runner_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain builds the module of the examples, which have no testing.T to build
// it with, in the way their reader would.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "wafer-examples-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		hello, cache = filepath.Join(dir, "hello.wasm"), filepath.Join(dir, "cache")
		build := exec.Command("go", "run", "./cmd/wafer", "build", "-q", "-o", hello, "./testdata/hello")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the examples' handler: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}
