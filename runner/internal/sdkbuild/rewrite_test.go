package sdkbuild

import (
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRewriteFile(t *testing.T) {
	rename := func(p string) string { return strings.Replace(p, ownPath, "example.org/x", 1) }
	cases := map[string]struct{ text, want, err string }{
		"nothing to rewrite": {
			text: "// Package p.\npackage p\n",
			want: "//go:build go1.24\n\n// Package p.\npackage p\n",
		},
		"imports": {
			text: "package p\n\nimport (\n\t\"fmt\"\n\n\ta \"" + ownABI + "\" // ours\n\t_ \"" + ownGuest + "/fc\"\n)\n\nconst s = \"" + ownABI + "\"\n",
			want: "//go:build go1.24\n\npackage p\n\nimport (\n\t\"fmt\"\n\n\ta \"example.org/x/abi\" // ours\n\t_ \"example.org/x/guest/fc\"\n)\n\nconst s = \"" + ownABI + "\"\n",
		},
		"a build constraint": {
			text: "// Licence.\n\n//go:build wasip1 || linux\n\npackage p\n",
			want: "// Licence.\n\n//go:build go1.24 && (wasip1 || linux)\n\npackage p\n",
		},
		"a package like ours": {
			text: "package p\n\nimport _ \"" + ownPath + "er/abi\"\n",
			want: "//go:build go1.24\n\npackage p\n\nimport _ \"" + ownPath + "er/abi\"\n",
		},
		"a package that guests cannot have": {
			text: "package p\n\nimport _ \"" + ownPath + "/runner\"\n",
			err:  "sdkbuild: embedded source p.go imports github.com/wafer-run/wafer/runner, which guests cannot",
		},
		"a syntax error": {
			text: "package p\n\nimport 1\n",
			err:  "sdkbuild: parsing embedded source: p.go:3:8: import path must be a string",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := rewriteFile("p.go", []byte(c.text), rename)
			if c.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.err) {
					t.Errorf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestStandins checks that each stand-in is complete in itself: whatever it
// imports is the standard library's or its own.
func TestStandins(t *testing.T) {
	for name, make := range map[string]func() (standin, error){"SDK": newSDK, "own": newOwn} {
		t.Run(name, func(t *testing.T) {
			s, err := make()
			if err != nil {
				t.Fatal(err)
			}
			packages := map[string]bool{}
			for file := range s.files {
				if strings.HasSuffix(file, "_test.go") {
					t.Errorf("contains a test: %s", file)
				}
				packages[path.Join(s.path, path.Dir(file))] = true
			}
			for _, p := range []string{s.fc, s.link} {
				if !packages[p] {
					t.Errorf("lacks %s", p)
				}
			}
			for file, text := range s.files {
				parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
				if err != nil {
					t.Fatal(err)
				}
				for _, spec := range parsed.Imports {
					p, err := strconv.Unquote(spec.Path.Value)
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(p, ".") && !packages[p] {
						t.Errorf("%s imports %s", file, p)
					}
				}
			}
		})
	}
}
