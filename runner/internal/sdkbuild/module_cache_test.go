package sdkbuild_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// proxy makes a module proxy of files that serves example.org/dep v1.0.0, and
// returns its URL.
func proxy(t *testing.T) string {
	t.Helper()
	const mod = "module example.org/dep\n\ngo 1.18\n"
	root := tree{
		"example.org/dep/@v/list":        "v1.0.0\n",
		"example.org/dep/@v/v1.0.0.info": `{"Version":"v1.0.0"}`,
		"example.org/dep/@v/v1.0.0.mod":  mod,
	}.write(t, "proxy")
	file, err := os.Create(filepath.Join(root, "example.org/dep/@v/v1.0.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	for name, text := range (tree{"go.mod": mod, "dep.go": "package dep\n\nconst Name = \"dep\"\n"}) {
		w, err := archive.Create("example.org/dep@v1.0.0/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(root)
}

// download fills the module cache of env from the proxy and returns the lines
// for go.sum.
func download(t *testing.T, env []string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "example.org/dep@v1.0.0")
	cmd.Dir = t.TempDir()
	cmd.Env = append(env, "GOPROXY="+proxy(t))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err, string(out))
	}
	var sums struct{ Sum, GoModSum string }
	if err := json.Unmarshal(out, &sums); err != nil {
		t.Fatal(err)
	}
	return "example.org/dep v1.0.0 " + sums.Sum + "\nexample.org/dep v1.0.0/go.mod " + sums.GoModSum + "\n"
}

// TestBuildFromModuleCache builds a handler with another dependency, without
// network: the go command must not want the SDK's own go.mod for it.
func TestBuildFromModuleCache(t *testing.T) {
	t.Parallel()
	env := offline(t)
	files := tree{
		"go.mod":  plain["go.mod"] + "\nrequire example.org/dep v1.0.0\n",
		"main.go": answer(sdk+"/fc", "\t\"example.org/dep\"", "func answer() string { return dep.Name }"),
	}
	missing := build(t, sdkbuild.Options{Dir: files.write(t, "h"), Env: env})
	wantError(t, missing, sdkbuild.ErrModules,
		"example.org/dep@v1.0.0: module lookup disabled by GOPROXY=off", "go mod download", "go mod vendor")

	sums := download(t, env)
	result := mustBuild(t, sdkbuild.Options{Dir: files.with(tree{"go.sum": sums}).write(t, "h"), Env: env})
	if got := newHost(t, result.Output).boot(t).invoke(t, "", nil); got != `"dep"` {
		t.Errorf("answer %s", got)
	}

	untidy := files.with(tree{"go.sum": sums, "go.mod": plain["go.mod"]})
	wantError(t, build(t, sdkbuild.Options{Dir: untidy.write(t, "h"), Env: env}), sdkbuild.ErrModules,
		"main.go:5:2: no required module provides package example.org/dep", "go mod tidy")
}

// TestBuildVendoredIncomplete builds from a vendor directory that lacks a package.
func TestBuildVendoredIncomplete(t *testing.T) {
	t.Parallel()
	files := vendored.with(tree{})
	for name := range files {
		if strings.HasPrefix(name, "vendor/example.org/dep/") {
			delete(files, name)
		}
	}
	wantError(t, build(t, sdkbuild.Options{Dir: files.write(t, "h")}), sdkbuild.ErrModules,
		"example.org/dep", `run "go mod vendor"`)
}
