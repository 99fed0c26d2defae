package sdkbuild_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

const listener = `package main

import (
	"net/http"
	"os"
	"os/signal"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go http.ListenAndServe(":9000", nil)
	<-stop
	signal.Stop(stop)
}
`

// TestServer builds programs that listen in all the ways they come. What they
// do is tested with the runner.
func TestServer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tree     tree
		dir, pkg string
	}{
		"a module":     {tree: tree{"go.mod": "module example.org/h\n\ngo 1.18\n", "main.go": listener}},
		"no go.mod":    {tree: tree{"main.go": listener}},
		"one file":     {tree: tree{"fn/main.go": listener}, pkg: "fn/main.go"},
		"a directory":  {tree: tree{"go.mod": "module example.org/h\n\ngo 1.24\n", "cmd/s/main.go": listener}, pkg: "cmd/s"},
		"an import":    {tree: tree{"go.mod": "module example.org/h\n\ngo 1.24\n", "cmd/s/main.go": listener}, pkg: "example.org/h/cmd/s"},
		"a workspace":  {tree: workspace.with(tree{"h/main.go": listener}), dir: "h"},
		"a dependency": {tree: tree{"go.mod": "module example.org/h\n\ngo 1.24\n", "main.go": "package main\n\nimport \"example.org/h/web\"\n\nfunc main() { web.Serve() }\n", "web/web.go": "package web\n\nimport \"net/http\"\n\nfunc Serve() { _ = http.ListenAndServe(\":9000\", nil) }\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := c.tree.write(t, "h")
			result := mustBuild(t, sdkbuild.Options{Dir: filepath.Join(root, c.dir), Package: c.pkg})
			if result.SDK != "" || len(result.Warnings) > 0 {
				t.Errorf("SDK %q, warnings %q", result.SDK, result.Warnings)
			}
			binary, err := os.ReadFile(result.Output)
			if err != nil {
				t.Fatal(err)
			}
			m, err := wasm.Parse(binary)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(m.Imports, func(i wasm.Import) bool { return i.Module == abi.Module && i.Name == abi.ImportListen }) {
				t.Error("net.Listen does not ask the host")
			}
			if !slices.ContainsFunc(m.Exports, func(x wasm.Export) bool { return x.Name == abi.ExportCall }) {
				t.Error("there is no entry point")
			}
			for path, text := range c.tree {
				now, err := os.ReadFile(filepath.Join(root, path))
				if err != nil || string(now) != text {
					t.Errorf("%s was changed: %v", path, err)
				}
			}
			if found, _ := filepath.Glob(filepath.Join(root, "*", "wafer*")); len(found) > 0 {
				t.Errorf("left behind: %q", found)
			}
		})
	}
}

// TestServerOfAnotherGo: a standard library that is not what the build expects
// is an error that says so.
func TestServerOfAnotherGo(t *testing.T) {
	t.Parallel()
	dir := tree{"go.mod": "module example.org/h\n\ngo 1.24\n", "main.go": listener}.write(t, "h")
	goroot := otherLibrary(t)
	got := build(t, sdkbuild.Options{Dir: dir, Go: filepath.Join(goroot, "bin", "go"), Env: append(offline(t), "GOROOT="+goroot)})
	if got.err == nil || !strings.Contains(got.err.Error(), "net_fake.go does not have socket where it was") {
		t.Errorf("error %v", got.err)
	}
}

// otherLibrary is a Go toolchain whose package net is another.
func otherLibrary(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	real, fake := strings.TrimSpace(string(out)), t.TempDir()
	link := func(from, to string) {
		entries, err := os.ReadDir(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(to, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	unlink := func(path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	link(real, fake)
	for _, dir := range []string{"src", "src/net"} {
		unlink(filepath.Join(fake, dir))
		link(filepath.Join(real, dir), filepath.Join(fake, dir))
	}
	file := filepath.Join(fake, "src", "net", "net_fake.go")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	unlink(file)
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "func socket(", "func newSocket(")), 0o600); err != nil {
		t.Fatal(err)
	}
	return fake
}
