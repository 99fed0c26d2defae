package site

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// TestFind: what code is taken for, by what is there.
func TestFind(t *testing.T) {
	const wasm, script, zip, text = "\x00asm\x01\x00\x00\x00", "#!/bin/sh\n", "PK\x03\x04", "hello"
	machine := map[string]byte{"amd64": 62, "arm64": 183}[runtime.GOARCH]
	elf := "\x7fELF\x02\x01" + strings.Repeat("\x00", 12) + string([]byte{machine, 0})
	foreign := "\x7fELF\x02\x01" + strings.Repeat("\x00", 12) + string([]byte{40, 0})
	for name, c := range map[string]struct {
		files   map[string]string // beside the manifest
		runtime string
		handler string
		command []string
		code    string
		kind    kind
		path    string // relative
		wrong   string // a part of what is wrong
		doubt   string
	}{
		"a module":                 {files: map[string]string{"f.wasm": wasm}, runtime: "go1", code: "f.wasm", kind: module, path: "f.wasm"},
		"a module by another name": {files: map[string]string{"f": wasm}, runtime: "python3", code: "f", kind: module, path: "f"},
		"a zip":                    {files: map[string]string{"f.zip": zip}, runtime: "go1", code: "f.zip", kind: archive, path: "f.zip"},
		"a program":                {files: map[string]string{"f": elf}, runtime: "go1", code: "f", kind: program, path: "f"},
		"a program for others":     {files: map[string]string{"f": foreign}, runtime: "go1", code: "f", wrong: `is "f", a program for Linux on arm`},
		"a handler for others":     {files: map[string]string{"d/main": foreign}, runtime: "go1", code: "d", wrong: `is "d": `},
		"a script":                 {files: map[string]string{"f": script}, runtime: "custom.debian12", code: "f", kind: program, path: "f"},
		"a Go file":                {files: map[string]string{"main.go": text}, runtime: "go1", code: "main.go", kind: source, path: "main.go"},
		"a text":                   {files: map[string]string{"f.txt": text}, runtime: "go1", code: "f.txt", wrong: "neither a WebAssembly module"},
		"an empty file":            {files: map[string]string{"f": ""}, runtime: "go1", code: "f", wrong: "neither a WebAssembly module"},
		"nothing":                  {runtime: "go1", code: "f", wrong: `is "f", and there is no such file or directory`},
		"no code":                  {runtime: "custom-container", wrong: "has a container"},
		"a bootstrap":              {files: map[string]string{"d/bootstrap": script, "d/main.go": text}, runtime: "custom", code: "d", kind: program, path: "d"},
		"no bootstrap": {files: map[string]string{"d/readme": text}, runtime: "custom", code: "d", kind: program, path: "d",
			doubt: `is "d", and bootstrap is not in it: invocations answer CAFileNotFound, as on FC`},
		"a bootstrap without #!": {files: map[string]string{"d/bootstrap": text}, runtime: "custom", code: "d", kind: program, path: "d",
			doubt: `is "d", and bootstrap in it is no program, nor a script that begins with #!: invocations answer CAExited, as on FC`},
		"a bootstrap for others":     {files: map[string]string{"d/bootstrap": foreign}, runtime: "custom", code: "d", wrong: `is "d": bootstrap: it is a program for Linux on arm`},
		"no handler":                 {files: map[string]string{"d/readme": text}, runtime: "go1", code: "d", wrong: `is "d": neither a program nor`},
		"a command":                  {files: map[string]string{"d/server": elf, "d/bootstrap": elf}, runtime: "custom", command: []string{"/code/server"}, code: "d", kind: program, path: "d"},
		"a command of the system":    {files: map[string]string{"d/app.py": text}, runtime: "custom", command: []string{"python3", "app.py"}, code: "d", kind: program, path: "d"},
		"a handler":                  {files: map[string]string{"d/hello": elf, "d/x.wasm": wasm}, runtime: "go1", handler: "hello", code: "d", kind: program, path: "d"},
		"a handler that is a module": {files: map[string]string{"d/hello": wasm}, runtime: "go1", handler: "hello", code: "d", kind: module, path: "d/hello"},
		"a module for the handler":   {files: map[string]string{"d/hello.wasm": wasm, "d/b.wasm": wasm, "d/main.go": text}, runtime: "go1", handler: "hello", code: "d", kind: module, path: "d/hello.wasm"},
		"Go source":                  {files: map[string]string{"d/main.go": text, "d/b.wasm": wasm}, runtime: "go1", handler: "hello", code: "d", kind: source, path: "d"},
		"only tests":                 {files: map[string]string{"d/main_test.go": text}, runtime: "go1", code: "d", wrong: `is "d": `},
		"the only module":            {files: map[string]string{"d/b.wasm": wasm}, runtime: "custom", code: "d", kind: module, path: "d/b.wasm"},
		"two modules":                {files: map[string]string{"d/a.wasm": wasm, "d/b.wasm": wasm}, runtime: "custom", code: "d", wrong: `is "d": it has 2 modules (a.wasm, b.wasm), and neither bootstrap nor bootstrap.wasm`},
		"another runtime":            {files: map[string]string{"d/main.go": text}, runtime: "java11", code: "d", wrong: "is for the runtime java11"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range c.files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			f := &manifest.Function{Runtime: c.runtime, Handler: c.handler, Process: manifest.Process{Command: c.command}}
			if c.code != "" {
				f.Code = manifest.Code{Path: filepath.Join(dir, c.code), Written: c.code}
			}
			got, wrong := find(f)
			if c.wrong != "" {
				if !strings.Contains(wrong, c.wrong) {
					t.Errorf("%+v, wrong is %q, want %q in it", got, wrong, c.wrong)
				}
				return
			}
			if want := (code{kind: c.kind, path: filepath.Join(dir, c.path), doubt: c.doubt}); got != want || wrong != "" {
				t.Errorf("%+v, want %+v; wrong is %q", got, want, wrong)
			}
		})
	}
}
