package sdkbuild_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

func TestResult(t *testing.T) {
	t.Parallel()
	dir := plain.write(t, "greeter")
	for name, c := range map[string]struct{ output, want string }{
		"default":     {"", filepath.Join(dir, "greeter.wasm")},
		"a name":      {"fn.wasm", filepath.Join(dir, "fn.wasm")},
		"a directory": {"..", filepath.Join(filepath.Dir(dir), "greeter.wasm")},
	} {
		t.Run(name, func(t *testing.T) {
			opts := sdkbuild.Options{Dir: dir, Output: c.output, Env: offline(t), Version: "v1.2.3"}
			got, err := sdkbuild.Build(t.Context(), opts)
			if err != nil {
				t.Fatal(err)
			}
			if got.Output != c.want {
				t.Errorf("output %s, want %s", got.Output, c.want)
			}
			binary, err := os.ReadFile(c.want)
			if err != nil {
				t.Fatal(err)
			}
			module, err := wasm.Parse(binary)
			if err != nil {
				t.Fatal(err)
			}
			if got.Size != int64(len(binary)) || got.MemoryPages == 0 || got.MemoryPages != module.Memories[0].Min {
				t.Errorf("size %d, %d pages; the file has %d bytes, %d pages",
					got.Size, got.MemoryPages, len(binary), module.Memories[0].Min)
			}
			want := stamp.Stamp{Wafer: "v1.2.3", Go: got.GoVersion, SDK: sdk, Reseed: true}
			if s, err := stamp.Read(module); err != nil || s != want {
				t.Errorf("stamp %+v, %v; want %+v", s, err, want)
			}
		})
	}
}

// TestStackTraces checks that frames name the handler's own lines, whatever is
// left out of the module.
func TestStackTraces(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{"", "-s", "-s -w"} {
		t.Run("flags "+flags, func(t *testing.T) {
			t.Parallel()
			dir := plain.with(tree{
				"main.go": answer(sdk+"/fc", "", "func answer() string {\n\tpanic(\"no answer\")\n}"),
			}).write(t, "h")
			result := mustBuild(t, sdkbuild.Options{Dir: dir, LDFlags: flags})
			request := abi.Request{Context: abi.Context{RequestID: "r"}}
			status, parts := newHost(t, result.Output).boot(t).call(t, abi.KindInvoke, request.AppendTo(nil))
			var failure abi.Error
			if err := failure.Decode(parts[abi.PartError]); err != nil || status != abi.StatusError {
				t.Fatalf("status %v, error frame %v", status, err)
			}
			for _, frame := range failure.Stack {
				if frame.Label == "answer" && frame.Line == 11 && strings.HasSuffix(frame.Path, "main.go") {
					return
				}
			}
			t.Errorf("no frame for line 11 of main.go in %+v", failure.Stack)
		})
	}
}

// TestCgoLeftOut builds a handler whose dependency has a file for cgo and one
// for the rest.
func TestCgoLeftOut(t *testing.T) {
	t.Parallel()
	dir := plain.with(tree{
		"dep/native.go":   "//go:build cgo\n\npackage dep\n\nimport \"C\"\n",
		"dep/fallback.go": "//go:build !cgo\n\npackage dep\n",
		"dep/windows.go":  "//go:build windows\n\npackage dep\n\nimport \"C\"\n",
		"other.go":        "package main\n\nimport _ \"example.org/h/dep\"\n",
	}).write(t, "h")
	got := mustBuild(t, sdkbuild.Options{Dir: dir})
	want := "package example.org/h/dep is built without the files that import \"C\": " + filepath.Join(dir, "dep", "native.go")
	if len(got.Warnings) != 1 || got.Warnings[0] != want {
		t.Errorf("warnings %q, want %q", got.Warnings, want)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stopped by the test")
	cancel(stop)
	_, err := sdkbuild.Build(ctx, sdkbuild.Options{Dir: plain.write(t, "h"), Env: offline(t)})
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want %v", err, stop)
	}
}
