// Package guesttest builds guests for tests, from source in the tree, so that
// no binary has to be committed and none can be out of date.
//
//	module := guesttest.Build(t, "testdata/echo")
//
// A built guest is kept across runs in $WAFER_TEST_CACHE, by default
// wafer/testguests in the user's cache directory, under a hash of everything
// that goes into it. Tests that run at the same time, also in other packages,
// build each guest once.
package guesttest

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// keep is how long a guest stays in the cache after its last use.
const keep = 7 * 24 * time.Hour

// Build returns the module made from the handler in dir, as "wafer build" makes
// it. What the handler consists of must lie in dir, in the SDK or in the module
// cache; the go.mod above dir counts too. The test fails when it does not build.
func Build(t testing.TB, dir string) []byte {
	t.Helper()
	return cached(t, dir, "", ".wasm")
}

// BuildNative returns the same as a static program for this machine, as "wafer
// build --target" makes it.
func BuildNative(t testing.TB, dir string) []byte {
	t.Helper()
	return cached(t, dir, runtime.GOOS+"/"+runtime.GOARCH, ".native")
}

// cached returns what is kept under the hash and the suffix, and builds it when
// there is nothing.
func cached(t testing.TB, dir, target, suffix string) []byte {
	t.Helper()
	key, err := key(dir, toolchain(t))
	if err != nil {
		t.Fatalf("guesttest: hashing %s: %v", dir, err)
	}
	cache := cacheDir(t)
	file := filepath.Join(cache, key+suffix)
	unlock, err := lockedfile.MutexAt(filepath.Join(cache, key+".lock")).Lock()
	if err != nil {
		t.Fatalf("guesttest: %v", err)
	}
	defer unlock()
	if module, err := os.ReadFile(file); err == nil {
		now := time.Now()
		if err := os.Chtimes(file, now, now); err != nil {
			t.Fatalf("guesttest: %v", err)
		}
		return module
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("guesttest: %v", err)
	}
	trim(t, cache)
	return build(t, dir, target, file)
}

func build(t testing.TB, dir, target, file string) []byte {
	t.Helper()
	var complaints strings.Builder
	_, err := sdkbuild.Build(t.Context(), sdkbuild.Options{
		Package: dir,
		Output:  file,
		Target:  target,
		Env:     os.Environ(),
		Stderr:  &complaints,
	})
	if err != nil {
		t.Fatalf("guesttest: building %s: %v\n%s", dir, err, complaints.String())
	}
	module, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("guesttest: %v", err)
	}
	return module
}

func cacheDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WAFER_TEST_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatalf("guesttest: set WAFER_TEST_CACHE: %v", err)
		}
		dir = filepath.Join(user, "wafer", "testguests")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatalf("guesttest: %v", err)
	}
	return dir
}

// trim removes guests that nobody used for long. Locks stay: removing one that
// somebody waits for would let two in.
func trim(t testing.TB, cache string) {
	t.Helper()
	entries, err := os.ReadDir(cache)
	if err != nil {
		t.Fatalf("guesttest: %v", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		ext := filepath.Ext(entry.Name())
		if err != nil || ext != ".wasm" && ext != ".native" || time.Since(info.ModTime()) < keep {
			continue
		}
		if err := os.Remove(filepath.Join(cache, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("guesttest: %v", err)
		}
	}
}

// toolchain describes the go command as far as it decides what comes out.
func toolchain(t testing.TB) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOVERSION", "GOFLAGS", "GOEXPERIMENT").Output()
	if err != nil {
		t.Fatalf("guesttest: asking for the Go version: %v", err)
	}
	return string(out)
}
