package runnertest

import (
	"context"
	"os"
	"runtime"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// TestMappingsAreCounted runs a function whose snapshot and code are in memory,
// and then one where both are mapped from files.
func TestMappingsAreCounted(t *testing.T) {
	if _, err := os.Stat("/proc/self/maps"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir() + "/cache"
	for name, cfg := range map[string]runner.Config{
		"memory": runner.NewConfig(),
		"files":  runner.NewConfig().WithCacheDir(dir),
	} {
		t.Run(name, func(t *testing.T) {
			before := count()
			r := NewWithConfig(t, cfg)
			f := Load(t, r, runner.NewFunctionConfig("f"), Build(t, "../testdata/hello"))
			i := f.Inspect()
			if i.Code != "mapped" {
				t.Skipf("code is %s: %s", i.Code, i.CodeReason)
			}
			// The code, its entry points and the data of the image.
			if now := count(); now.mappings < before.mappings+2 {
				t.Errorf("%d mappings, %d before", now.mappings, before.mappings)
			}
			if err := r.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			runtime.KeepAlive(f)
			before.check(t)
		})
	}
}

func TestOurs(t *testing.T) {
	for line, want := range map[string]bool{
		"7f00-7f01 r--s 00000000 00:01 7 /memfd:wafer-image":            true,
		"7f00-7f01 r-xp 00010000 08:01 7 /a b/code/0-1/ab-x86.code":     true,
		"7f00-7f01 r--p 00010000 08:01 7 /home/u/snapshots/abcdef.snap": true,
		"7f00-7f01 rw-p 00000000 00:00 0":                               false,
		"7f00-7f01 r-xp 00000000 08:01 7 /usr/lib/libc.so.6":            false,
		"7f00-7f01 rw-p 00000000 00:00 0 [heap]":                        false,
	} {
		if got := ours(line); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}
