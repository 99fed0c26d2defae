package bundle_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/bundle"
)

// TestTarget picks what runs.
func TestTarget(t *testing.T) {
	both := []file{{"main", own(), 0o755}, {"main.wasm", module, 0o644}, {"config", "c", 0o644}}
	cases := map[string]struct {
		files            []file
		runtime, handler string
		want             bundle.Want
		start            string // "" for an error
		wasm             bool
		err              string // after the package's name
	}{
		"program":              {both, "go1", "main", bundle.Any, "main", false, ""},
		"module":               {both, "go1", "main", bundle.Wasm, "main.wasm", true, ""},
		"default handler":      {both, "go1", "", bundle.Native, "main", false, ""},
		"handler in FC's way":  {both, "go1", "/code/main", bundle.Any, "main", false, ""},
		"deep":                 {[]file{{"bin/fn", own(), 0o755}}, "go1", "bin/fn", bundle.Any, "bin/fn", false, ""},
		"module by the name":   {[]file{{"fn", module, 0o644}}, "go1", "fn", bundle.Any, "fn", true, ""},
		"only module":          {[]file{{"x.wasm", module, 0o644}}, "go1", "main", bundle.Any, "x.wasm", true, ""},
		"bootstrap":            {[]file{{"bootstrap", "#!/bin/sh\n", 0o755}, {"index", "", 0o644}}, "custom", "index.handler", bundle.Any, "bootstrap", false, ""},
		"command":              {[]file{{"run.sh", "#!/bin/sh\n", 0o755}}, "custom", "run.sh", bundle.Any, "run.sh", false, ""},
		"two modules":          {[]file{{"x.wasm", module, 0o644}, {"y.wasm", module, 0o644}}, "go1", "main", bundle.Any, "", false, "it has 2 modules (x.wasm, y.wasm), and neither main nor main.wasm"},
		"nothing":              {[]file{{"a", "a", 0o644}}, "go1", "main", bundle.Any, "", false, "neither a program nor a WebAssembly module called main is in it, but: a"},
		"no program":           {[]file{{"x.wasm", module, 0o644}}, "go1", "main", bundle.Native, "", false, "no program called main is in it, but: x.wasm"},
		"no module":            {[]file{{"main", own(), 0o755}}, "go1", "main", bundle.Wasm, "", false, `entry "main": it is a program, and there is no WebAssembly module beside it`},
		"handler out":          {both, "go1", "../main", bundle.Any, "", false, `handler is "../main", want the path of a file within the package`},
		"not executable":       {[]file{{"main", own(), 0o644}}, "go1", "main", bundle.Any, "", false, `entry "main": it is not executable (mode 0644); run chmod +x on it before packing`},
		"for another machine":  {[]file{{"main", elf(8), 0o755}}, "go1", "main", bundle.Any, "", false, ""},
		"for another system":   {[]file{{"main", "\xcf\xfa\xed\xfe                ", 0o755}}, "go1", "main", bundle.Any, "", false, ""},
		"a link to the module": {[]file{{"x", module, 0o644}, {"main", "x", os.ModeSymlink | 0o777}}, "go1", "main", bundle.Any, "main", true, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := zipped(t, c.files...)
			b := open(t, path, t.TempDir())
			got, err := b.Target(c.runtime, c.handler, c.want)
			if c.start == "" {
				if err == nil || c.err != "" && err.Error() != "bundle: "+path+": "+c.err {
					t.Errorf("error %v, want %s; %s", err, c.err, got.Start)
				}
				return
			}
			if err != nil || got.Start != c.start || (got.Wasm != nil) != c.wasm || got.Dir != b.Dir() {
				t.Errorf("start %q, wasm %t, %v, want %q, %t", got.Start, got.Wasm != nil, err, c.start, c.wasm)
			}
		})
	}
}

// TestOtherPackages opens what is no zip.
func TestOtherPackages(t *testing.T) {
	dir := t.TempDir()
	program, wasm := filepath.Join(dir, "main"), filepath.Join(dir, "hello.txt")
	for path, text := range map[string]string{program: own(), wasm: module, filepath.Join(dir, "secret"): "s"} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cache := t.TempDir()
	cases := map[string]struct {
		path  string
		kind  bundle.Kind
		start string
		wasm  bool
	}{
		"directory": {dir, bundle.Directory, "main", false},
		"program":   {program, bundle.Program, "main", false},
		"module":    {wasm, bundle.Module, "hello.txt", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := open(t, c.path, cache)
			got, err := b.Target("go1", "main", bundle.Any)
			if err != nil || b.Kind() != c.kind || got.Start != c.start || (got.Wasm != nil) != c.wasm {
				t.Errorf("%s, start %q, %v", b.Kind(), got.Start, err)
			}
			if _, err := os.Stat(filepath.Join(got.Dir, "secret")); (err == nil) != (c.kind == bundle.Directory) {
				t.Error("a program sees what lies beside it")
			}
			if sum, err := b.Checksum(); err != nil || sum == 0 {
				t.Errorf("checksum %d, %v", sum, err)
			}
		})
	}
	for text, want := range map[string]string{
		"text":           "neither a zip, nor a WebAssembly module, nor a program for Linux",
		"PK\x03\x04text": "not a zip that can be read: zip: not a valid zip file",
	} {
		path := save(t, "file", text)
		if _, err := bundle.Open(path, cache); err == nil || err.Error() != "bundle: "+path+": "+want {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// TestZipWithoutModes has a program from a system that knows no modes.
func TestZipWithoutModes(t *testing.T) {
	b := open(t, zippedPlainly(t, "main", own()), t.TempDir())
	got, err := b.Target("go1", "main", bundle.Any)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(got.Dir, got.Start)); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
