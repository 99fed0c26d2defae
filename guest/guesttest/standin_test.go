package guesttest

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest"
)

// sdkPath is the module that our packages can stand in for.
const sdkPath = "github.com/aliyun/fc-runtime-go-sdk"

// copySources copies the Go files of a package tree into dir, with their
// imports renamed for the stand-in.
func copySources(t *testing.T, sources embed.FS, dir string) {
	t.Helper()
	rename := strings.NewReplacer(
		`"`+modulePath+`/abi"`, `"`+sdkPath+`/internal/abi"`,
		`"`+modulePath+`/guest/`, `"`+sdkPath+`/`,
	)
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := sources.ReadFile(path)
		if err != nil {
			return err
		}
		write(t, filepath.Join(dir, path), rename.Replace(string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStandIn compiles the packages at language version go1.18, under the name
// of the SDK, with a handler that imports them there.
func TestStandIn(t *testing.T) {
	dir := t.TempDir()
	standIn := filepath.Join(dir, "standin")
	copySources(t, guest.Sources, standIn)
	copySources(t, abi.Sources, filepath.Join(standIn, "internal", "abi"))
	write(t, filepath.Join(standIn, "go.mod"), "module "+sdkPath+"\n\ngo 1.18\n")

	text, err := os.ReadFile("testdata/function/main.go")
	if err != nil {
		t.Fatal(err)
	}
	handler := filepath.Join(dir, "handler")
	write(t, filepath.Join(handler, "main.go"), strings.ReplaceAll(string(text), modulePath+"/guest/", sdkPath+"/"))
	write(t, filepath.Join(handler, "go.mod"),
		fmt.Sprintf("module handler\n\ngo 1.18\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => ../standin\n", sdkPath))

	goTool(t, standIn, nil, "vet", "./...")
	goTool(t, standIn, wasip1, "vet", "./...")
	goTool(t, handler, wasip1, "build", "-buildmode=c-shared", "-o", os.DevNull, ".")
}
