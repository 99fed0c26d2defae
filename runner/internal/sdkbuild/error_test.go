package sdkbuild_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// wantError checks that a build failed for a reason, with a message that has
// all the parts, and that nothing mentions where the build took place.
func wantError(t *testing.T, got outcome, reason error, parts ...string) {
	t.Helper()
	if got.err == nil {
		t.Fatalf("built %+v, want an error: %v", got.Result, reason)
	}
	var typed *sdkbuild.Error
	if !errors.As(got.err, &typed) || !errors.Is(got.err, reason) {
		t.Errorf("error %v, want one for the reason %q", got.err, reason)
	}
	text := got.err.Error() + "\n" + got.stderr
	if !strings.HasPrefix(text, "sdkbuild: ") {
		t.Errorf("error %q, want it to begin with the package's name", text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("message lacks %q:\n%s", part, text)
		}
	}
	if strings.Contains(text, "wafer-build-") {
		t.Errorf("message names a temporary directory:\n%s", text)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		tree   tree
		pkg    string
		reason error
		parts  []string
	}{
		"a library": {
			tree: plain.with(tree{"lib/lib.go": "package lib\n"}), pkg: "./lib",
			reason: sdkbuild.ErrNotMain, parts: []string{"./lib is package lib, a library", "func main that calls fc.Start"},
		},
		"programs below": {
			tree:   tree{"go.mod": plain["go.mod"], "fn/main.go": hello, "deep/er/main.go": hello, "lib/lib.go": "package lib\n"},
			reason: sdkbuild.ErrNoPackage, parts: []string{"no Go files there. There is ./deep/er, ./fn\n"},
		},
		"no such directory": {
			tree: plain, pkg: "./nowhere",
			reason: sdkbuild.ErrNoPackage, parts: []string{"./nowhere: no such file or directory"},
		},
		"no such file": {
			tree: plain, pkg: "nowhere.go",
			reason: sdkbuild.ErrNoPackage, parts: []string{"nowhere.go: no such file or directory"},
		},
		"no such import path": {
			tree: plain, pkg: "example.org/h/nowhere",
			reason: sdkbuild.ErrNoPackage, parts: []string{"example.org/h/nowhere: no such package"},
		},
		"no such package of the standard library": {
			tree: plain, pkg: "nowhere",
			reason: sdkbuild.ErrNoPackage, parts: []string{"nowhere: no such package"},
		},
		"a file of another kind": {
			tree: plain, pkg: "go.mod",
			reason: sdkbuild.ErrNoPackage, parts: []string{"go.mod is neither a directory nor a .go file"},
		},
		"a pattern": {
			tree: plain, pkg: "./...",
			reason: sdkbuild.ErrNoPackage, parts: []string{"name one package, not a pattern"},
		},
		"a directory without Go files": {
			tree: plain.with(tree{"doc/README": "text"}), pkg: "doc",
			reason: sdkbuild.ErrNoPackage, parts: []string{"doc: no Go files there"},
		},
		"no SDK": {
			tree:   plain.with(tree{"main.go": "package main\n\nimport _ \"net/url\"\n\nfunc main() {}\n"}),
			reason: sdkbuild.ErrNoSDK, parts: []string{"does not import the FC SDK", `"` + sdk + `/fc"`, "fc.Start", "serve HTTP with net/http"},
		},
		"only events of the SDK": {
			tree: plain.with(tree{
				"main.go": "package main\n\nimport _ \"" + sdk + "/events\"\n\nfunc main() {}\n",
			}),
			reason: sdkbuild.ErrNoSDK,
		},
		"both SDKs": {
			tree: plain.with(tree{
				"other.go": "package main\n\nimport _ \"" + own + "/guest/fc\"\n",
			}),
			reason: sdkbuild.ErrTwoSDKs, parts: []string{"below " + sdk, "below " + own + "/guest"},
		},
		"cgo in the handler": {
			tree: plain.with(tree{
				"native.go": "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc one() int { return int(C.one()) }\n",
				"main.go":   strings.Replace(hello, "\"hello, \" +", "string(rune(one())) +", 1),
			}),
			reason: sdkbuild.ErrCgo, parts: []string{"native.go", "imports \"C\""},
		},
		"cgo is all there is": {
			tree: tree{
				"go.mod":  plain["go.mod"],
				"main.go": strings.Replace(hello, "import (", "import \"C\"\n\nimport (", 1),
			},
			reason: sdkbuild.ErrCgo, parts: []string{"main.go", "imports \"C\""},
		},
		"cgo in a package that the handler imports": {
			tree: plain.with(tree{
				"native/native.go": "package native\n\nimport \"C\"\n",
				"other.go":         "package main\n\nimport _ \"example.org/h/native\"\n",
			}),
			reason: sdkbuild.ErrCgo,
			parts: []string{
				"package example.org/h/native (imported by example.org/h) cannot be built",
				"imports \"C\" in ", filepath.Join("native", "native.go"),
			},
		},
		"files for other systems": {
			tree:   tree{"go.mod": plain["go.mod"], "main_linux.go": hello},
			reason: sdkbuild.ErrCompile, parts: []string{
				"GOOS=wasip1 and GOARCH=wasm, and its build constraints exclude that (main_linux.go)",
			},
		},
		"a syntax error": {
			tree:   plain.with(tree{"main.go": strings.Replace(hello, "greet)", "greet", 1)}),
			reason: sdkbuild.ErrCompile, parts: []string{"main.go:15:30: syntax error"},
		},
		"a type error": {
			tree: tree{"go.mod": plain["go.mod"], "cmd/fn/main.go": strings.Replace(hello, "fc.Start(greet)", "fc.Sturt(greet)", 1)},
			pkg:  "cmd/fn", reason: sdkbuild.ErrCompile,
			parts: []string{"cmd/fn/main.go:15:18: undefined: fc.Sturt", "go build failed for cmd/fn"},
		},
		"no func main": {
			tree:   plain.with(tree{"main.go": strings.Replace(hello, "func main", "func other", 1)}),
			reason: sdkbuild.ErrCompile, parts: []string{"function main is undeclared in the main package"},
		},
		"a package that the SDK does not have": {
			tree: plain.with(tree{
				"other.go": "package main\n\nimport _ \"" + sdk + "/nowhere\"\n",
			}),
			reason: sdkbuild.ErrModules, parts: []string{"other.go:3:8: ", sdk + "/nowhere"},
		},
		"a malformed go.mod": {
			tree:   plain.with(tree{"go.mod": "module\n"}),
			reason: sdkbuild.ErrModules, parts: []string{"go.mod:1: "},
		},
		"a go.mod from the future": {
			tree:   plain.with(tree{"go.mod": "module example.org/h\n\ngo 1.999\n"}),
			reason: sdkbuild.ErrOldToolchain, parts: []string{"requires go >= 1.999, but the Go toolchain is go1."},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := filepath.Join(t.TempDir(), "out.wasm")
			got := build(t, sdkbuild.Options{Dir: c.tree.write(t, "h"), Package: c.pkg, Output: output})
			wantError(t, got, c.reason, c.parts...)
			if _, err := os.Stat(output); err == nil {
				t.Error("a failed build left an output")
			}
		})
	}
}
