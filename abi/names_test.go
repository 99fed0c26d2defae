package abi_test

import (
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
)

// TestNumbersBeyondTables: a peer of a later version may send any number.
func TestNumbersBeyondTables(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{abi.Kind(8).String(), "kind(8)"},
		{abi.Kind(1 << 31).String(), "kind(2147483648)"},
		{abi.Kind(math.MaxUint32).String(), "kind(4294967295)"},
		{abi.Status(4).String(), "status(4)"},
		{abi.Status(1 << 31).String(), "status(2147483648)"},
		{abi.Part(0).String(), "part(0)"},
		{abi.Part(6).String(), "part(6)"},
		{abi.Part(math.MaxUint32).String(), "part(4294967295)"},
		{abi.Errno(0).String(), "ok"},
		{abi.ErrnoTooLarge.String(), "too large"},
		{abi.ErrnoClosed.String(), "closed"},
		{abi.ErrnoOrder.String(), "out of order"},
		{abi.ErrnoMalformed.String(), "malformed"},
		{abi.Errno(5).String(), "errno(5)"},
		{abi.Errno(math.MaxUint32).String(), "errno(4294967295)"},
		{abi.LevelDebug.String(), "DEBUG"},
		{abi.LevelInfo.String(), "INFO"},
		{abi.LevelWarn.String(), "WARN"},
		{abi.LevelError.String(), "ERROR"},
		{abi.Level(4).String(), "ERROR"},
		{abi.Level(math.MaxUint32).String(), "ERROR"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
	if want := abi.ExportCallPrefix + "1" + abi.ExportCallSuffix; abi.ExportCall != want || abi.Version != 1 {
		t.Errorf("ExportCall is %q in version %d, want %q", abi.ExportCall, abi.Version, want)
	}
}

// TestSources: the build command gets every file of the codec and no other.
func TestSources(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") && name != "sources.go" {
			want = append(want, name)
		}
	}
	var got []string
	entries, err := fs.ReadDir(abi.Sources, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("embedded files (-want +got):\n%s", diff)
	}
}

// TestSourcesLanguage builds the embedded files the way handlers see them: as
// part of a module of an old language version, without anything but the
// standard library.
func TestSourcesLanguage(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, abi.Sources); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/abi\n\ngo 1.18\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, target := range [][]string{
		{"GOOS=wasip1", "GOARCH=wasm"},
		{"GOOS=linux", "GOARCH=amd64"},
	} {
		cmd := exec.Command("go", "build", ".")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", "CGO_ENABLED=0")
		cmd.Env = append(cmd.Env, target...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", target, err, out)
		}
	}
}
