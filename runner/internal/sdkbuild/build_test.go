package sdkbuild_test

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// with returns a copy of the tree with more files.
func (files tree) with(more tree) tree {
	files = maps.Clone(files)
	maps.Copy(files, more)
	return files
}

// plain is the handler that the others are variations of.
var plain = tree{"go.mod": "module example.org/h\n\ngo 1.18\n" + requireSDK, "main.go": hello}

// TestBuild builds handlers in all the ways they come, and calls them.
func TestBuild(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		tree  tree
		dir   string   // working directory in the tree
		pkg   string   // Options.Package
		env   []string // on top of the offline environment
		tags  []string
		flags string
		event string // default: {"key":"a"}
		want  string // default: the answer of hello
		sdk   string // default: the FC Go SDK
	}{
		"go.mod requires the SDK": {tree: plain},
		"go.mod does not":         {tree: plain.with(tree{"go.mod": "module example.org/h\n\ngo 1.18\n"})},
		"no go.mod":               {tree: tree{"main.go": hello}},
		"no go.mod, one file":     {tree: tree{"fn/main.go": hello}, pkg: "fn/main.go"},
		"a directory of a module": {tree: tree{"go.mod": plain["go.mod"], "cmd/fn/main.go": hello}, pkg: "cmd/fn"},
		"an import path": {
			tree: tree{"go.mod": plain["go.mod"], "cmd/fn/main.go": hello},
			pkg:  "example.org/h/cmd/fn",
		},
		"our own import path": {
			tree: tree{
				"go.mod":  "module example.org/h\n\ngo 1.24\n\nrequire " + own + " v0.1.0\n",
				"main.go": answer(own+"/guest/fc", "", `func answer() string { return "own" }`),
			},
			want: `"own"`, sdk: own,
		},
		"replaced by a fork": {
			tree: plain.with(fork("fork")).with(tree{
				"go.mod": plain["go.mod"] + "\nreplace " + sdk + " => ./fork\n",
			}),
		},
		"one version replaced by a fork": {
			tree: plain.with(fork("fork")).with(tree{
				"go.mod": plain["go.mod"] + "\nreplace " + sdk + " v0.2.9 => ./fork\n",
			}),
		},
		"a workspace": {tree: workspace, dir: "h", want: `"lib, deep"`},
		"a workspace that does not use the handler": {
			tree: workspace.with(tree{
				"go.work":   "go 1.20\n\nuse ./lib\n\nreplace example.org/deep v1.0.0 => \"./deep  dir\"\n",
				"h/main.go": hello,
			}),
			dir: "h",
		},
		"vendored": {tree: vendored, want: `"dep"`},
		"vendored, and told so": {
			tree: vendored, env: []string{"GOFLAGS=-mod=vendor -modcacherw"}, want: `"dep"`,
		},
		"GOFLAGS that clash with a workspace": {
			tree: plain, env: []string{"GOFLAGS=-mod=mod -modcacherw"},
		},
		// Asking git about it fails.
		"a broken repository": {
			tree: plain.with(tree{".git/HEAD": "nonsense"}), env: []string{"GOFLAGS=-modcacherw"},
		},
		"GOFLAGS with tags": {
			tree: tagged, env: []string{"GOFLAGS=-tags=special -modcacherw"}, want: `"not set"`,
		},
		"tags and linker flags": {
			tree: tagged, tags: []string{"special"}, flags: "-s -X main.value=set", want: `"set"`,
		},
		"the language of the handler's go.mod": {
			tree: plain.with(tree{"main.go": semantics}), want: `"222 nothing"`,
		},
		"the language of a newer go.mod": {
			tree: plain.with(tree{"go.mod": "module example.org/h\n\ngo 1.22\n", "main.go": semantics}),
			want: `"012 panic called with nil argument"`,
		},
		"GODEBUG in go.mod": {
			tree: plain.with(tree{
				"go.mod":  "module example.org/h\n\ngo 1.23\n\ngodebug panicnil=1\n",
				"main.go": semantics,
			}),
			want: `"012 nothing"`,
		},
		"math/rand.Seed on request": {
			tree: plain.with(tree{"main.go": "//go:debug randseednop=0\n" + seeded}), want: seededAnswer,
		},
		"math/rand.Seed on request of go.mod": {
			tree: plain.with(tree{
				"go.mod":  "module example.org/h\n\ngo 1.23\n\ngodebug randseednop=0\n",
				"main.go": seeded,
			}),
			want: seededAnswer,
		},
		"all packages of the SDK": {tree: plain.with(tree{"main.go": everything}), want: `"r"`},
		"inside our own module": {
			pkg: "./testdata/own", event: `"x"`, want: `"own x"`, sdk: own,
		},
		"inside our own module, with the FC Go SDK": {
			pkg: "./testdata/sdk", event: `"x"`, want: `"sdk x"`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := sdkbuild.Options{
				Dir: c.dir, Package: c.pkg, Env: append(offline(t), c.env...), Tags: c.tags, LDFlags: c.flags,
			}
			if c.tree != nil {
				opts.Dir = filepath.Join(c.tree.write(t, "h"), c.dir)
			} else {
				opts.Env = os.Environ() // our module's dependencies are in the real module cache
			}
			result := mustBuild(t, opts)
			if want := cmp.Or(c.sdk, sdk); result.SDK != want {
				t.Errorf("SDK %s, want %s", result.SDK, want)
			}
			in := newHost(t, result.Output).boot(t)
			got := in.invoke(t, cmp.Or(c.event, `{"key":"a"}`), nil)
			if want := cmp.Or(c.want, `"hello, a"`); got != want {
				t.Errorf("answer %s, want %s\n%s", got, want, in.output)
			}
		})
	}
}
