package sdkbuild

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// oldestGo can build reactors (-buildmode=c-shared) with exported functions.
	oldestGo = "go1.24"
	// smallHeapGo is the first to take memory for the heap in steps of 512 KiB
	// on wasm. Those before take 4 MiB at a time.
	smallHeapGo = "go1.26"
)

// toolchain is what the go command says about itself, in a directory.
type toolchain struct {
	GOVERSION string
	GOROOT    string
	GOMOD     string // os.DevNull or empty when no go.mod is found
	GOWORK    string // "off" or empty when no go.work is found
	GOFLAGS   string
}

// findGo looks for the go command in the PATH of env, not in that of this
// process: they differ when a program builds on behalf of another.
func findGo(name string, env []string) (string, error) {
	if name == "" {
		name = "go"
	}
	if filepath.Base(name) != name {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", &Error{ErrNoToolchain, fmt.Sprintf("no Go toolchain at %s: %v", name, err)}
		}
		return filepath.Abs(path)
	}
	for _, dir := range filepath.SplitList(lookup(env, "PATH")) {
		if !filepath.IsAbs(dir) {
			continue // as os/exec does: never run what happens to lie in the working directory
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", &Error{ErrNoToolchain, fmt.Sprintf(
		"no Go toolchain: there is no command %q on PATH. Install Go %s or newer from https://go.dev/dl/",
		name, strings.TrimPrefix(smallHeapGo, "go"))}
}

// lookup returns the value of the last entry for key.
func lookup(env []string, key string) string {
	value := ""
	for _, entry := range env {
		if k, v, ok := strings.Cut(entry, "="); ok && k == key {
			value = v
		}
	}
	return value
}

// probe asks the go command about itself and about its directory.
func probe(ctx context.Context, g goCommand) (toolchain, error) {
	var tc toolchain
	err := g.runJSON(ctx, &tc, "env", "-json", "GOVERSION", "GOROOT", "GOMOD", "GOWORK", "GOFLAGS")
	var failed *commandError
	if errors.As(err, &failed) {
		// For example: go.mod requires a newer Go than this one.
		return tc, &Error{ErrOldToolchain, failed.Error()}
	}
	if err != nil {
		return tc, err
	}
	return tc, tc.check(g.path)
}

// check refuses what is known not to work. Development versions of Go
// ("devel go1.27-abc") count as the version they name.
func (tc toolchain) check(path string) error {
	v := tc.release()
	if v == "" || version.Compare(v, oldestGo) < 0 {
		found := tc.GOVERSION
		if found == "" {
			found = "a version before go1.16"
		}
		return &Error{ErrOldToolchain, fmt.Sprintf(
			"the Go toolchain at %s is %s, but building functions needs %s or newer (%s recommended): see https://go.dev/dl/",
			path, found, oldestGo, smallHeapGo)}
	}
	return nil
}

// checkAtLeast refuses a toolchain that is older than the handler's go.mod or
// go.work asks for, and was told not to switch to a newer one.
func (tc toolchain) checkAtLeast(goVersion string) error {
	if version.Compare("go"+goVersion, tc.release()) <= 0 {
		return nil
	}
	return &Error{ErrOldToolchain, fmt.Sprintf(
		"the handler's go.mod or go.work requires go >= %s, but the Go toolchain is %s", goVersion, tc.GOVERSION)}
}

// release returns the version in the form that go/version compares, or "".
func (tc toolchain) release() string {
	for _, word := range strings.Fields(tc.GOVERSION) {
		word, _, _ = strings.Cut(word, "-")
		if version.IsValid(word) {
			return word
		}
	}
	return ""
}

// warnings about functions that this toolchain builds worse than a newer one.
func (tc toolchain) warnings() []string {
	if version.Compare(tc.release(), smallHeapGo) >= 0 {
		return nil
	}
	return []string{fmt.Sprintf(
		"%s takes memory for the heap in steps of 4 MiB on WebAssembly, %s and newer in steps of 512 KiB: "+
			"each instance of this function needs several MiB more than it has to. Build with %s or newer",
		tc.GOVERSION, smallHeapGo, smallHeapGo)}
}
