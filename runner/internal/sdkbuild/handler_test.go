package sdkbuild_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// tree is a directory: paths with slashes, and what the files hold.
type tree map[string]string

// write lays the tree out in a new directory called name and returns its path.
func (files tree) write(t *testing.T, name string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), name)
	for path, text := range files {
		file := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// offline is an environment in which nothing can be downloaded, and where the
// module cache is empty. The Go build cache is the real one, for speed.
func offline(t *testing.T) []string {
	t.Helper()
	return append(os.Environ(),
		"GOPROXY=off", "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw -buildvcs=false",
		"GONOSUMDB=*", "GONOSUMCHECK=1", "GOWORK=", "GOTOOLCHAIN=local")
}

// outcome is a build and what it printed.
type outcome struct {
	*sdkbuild.Result
	err    error
	stderr string
}

// build runs a build with a file of its own as output.
func build(t *testing.T, opts sdkbuild.Options) outcome {
	t.Helper()
	if opts.Output == "" {
		opts.Output = filepath.Join(t.TempDir(), "out.wasm")
	}
	if opts.Env == nil {
		opts.Env = offline(t)
	}
	var stderr bytes.Buffer
	opts.Stderr = &stderr
	result, err := sdkbuild.Build(context.WithoutCancel(t.Context()), opts)
	return outcome{result, err, stderr.String()}
}

// mustBuild fails the test when the build does.
func mustBuild(t *testing.T, opts sdkbuild.Options) *sdkbuild.Result {
	t.Helper()
	got := build(t, opts)
	if got.err != nil {
		t.Fatalf("%v\n%s", got.err, got.stderr)
	}
	return got.Result
}
