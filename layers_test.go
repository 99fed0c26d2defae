// Package wafer_test checks what holds for the whole tree.
package wafer_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wafer-run/wafer"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, patterns ...string) []pkg {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, patterns...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(path string, dirs ...string) bool {
	for _, d := range dirs {
		if path == module+"/"+d || strings.HasPrefix(path, module+"/"+d+"/") {
			return true
		}
	}
	return false
}

// TestLayers holds every import against the direction in which the layers
// depend on each other: cmd, runner, runner/internal, hostfns, abi, and guest
// beside them. See README.md, "How it is built".
func TestLayers(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, i := range p.Imports {
			if !strings.HasPrefix(i, module) {
				continue
			}
			bad := ""
			switch {
			case under(p.ImportPath, "abi") && !under(i, "abi"):
				bad = "abi imports nothing of ours"
			case under(p.ImportPath, "guest") && !under(i, "abi", "guest"):
				bad = "guests know neither runner nor hostfns"
			case under(p.ImportPath, "hostfns") && !under(i, "hostfns", "abi"):
				bad = "capabilities know only the ABI"
			case under(i, "runner/cmd"), under(i, "examples"), under(i, "bench") && !under(p.ImportPath, "bench", "runner/cmd"):
				bad = "nothing imports programs, examples or benchmarks, but for wafer bench"
			case under(i, "guest") && !under(p.ImportPath, "guest", "runner/internal/sdkbuild", "runner/internal/guesttest"):
				bad = "only the build command looks at guest sources"
			}
			if bad != "" && !under(p.ImportPath, "examples/internal") && !(under(p.ImportPath, "examples") && under(i, "examples")) {
				t.Errorf("%s imports %s: %s", p.ImportPath, i, bad)
			}
		}
	}
}

// TestEmbeddersPayForTheEngineOnly keeps the server, the command line and the
// build command out of what package runner brings along.
func TestEmbeddersPayForTheEngineOnly(t *testing.T) {
	allowed := []string{
		"github.com/tetratelabs/wazero", "github.com/klauspost/compress", "golang.org/x/sys",
	}
	for _, p := range list(t, "./runner") {
		for _, d := range p.Deps {
			first, _, _ := strings.Cut(d, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(d, module) {
				continue // the standard library, or ours
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return d == a || strings.HasPrefix(d, a+"/") }) {
				t.Errorf("package runner depends on %s", d)
			}
		}
		for _, d := range p.Deps {
			if under(d, "runner/internal/front", "runner/internal/sdkbuild", "guest") {
				t.Errorf("package runner depends on %s", d)
			}
		}
	}
}

// TestGuestsNeedTheStandardLibraryOnly includes what they get through abi.
func TestGuestsNeedTheStandardLibraryOnly(t *testing.T) {
	for _, p := range list(t, "./abi", "./guest/fc/...", "./guest/fccontext", "./guest/events") {
		for _, d := range p.Deps {
			if first, _, _ := strings.Cut(d, "/"); strings.Contains(first, ".") && !under(d, "abi", "guest") {
				t.Errorf("%s depends on %s", p.ImportPath, d)
			}
		}
	}
}
