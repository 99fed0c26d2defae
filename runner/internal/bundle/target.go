package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// here is what programs must be built for.
const here = runtime.GOOS + " on " + runtime.GOARCH

// Want says which part of a package is wanted.
type Want uint8

const (
	// Any takes what is called like the start file, as FC would: most often there
	// is one part only.
	Any Want = iota
	// Wasm wants a WebAssembly module.
	Wasm
	// Native wants a program.
	Native
)

var wantNames = [...]string{"any", "wasm", "native"}

// String returns any, wasm or native.
func (w Want) String() string { return wantNames[w] }

// MarshalText implements [encoding.TextMarshaler].
func (w Want) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (w *Want) UnmarshalText(text []byte) error {
	n := slices.Index(wantNames[:], string(text))
	if n < 0 {
		return fmt.Errorf("bundle: target is %q, want any, wasm or native", text)
	}
	*w = Want(n)
	return nil
}

// Target is what of a package is to run.
type Target struct {
	// Wasm is a module; nil for a program.
	Wasm []byte
	// Dir is the code directory: of the whole package, also for a module.
	Dir string
	// Start is the file, as a path with slashes within Dir.
	Start string
}

// DefaultBootstrap is the start file of custom runtimes.
const DefaultBootstrap = "bootstrap"

// Target picks what is to run. For the runtime go1 the handler is the path of
// the start file in the package, as FC has it. For others it is bootstrap, and a
// handler that names a file is that file: pass the first word of a custom
// runtime's command. Beside the start file, a module may be called like it with
// .wasm behind, or be the only one in the top directory.
//
// # Errors
//
// *Error that says what was looked for, and what is there.
func (b *Bundle) Target(runtime, handler string, want Want) (Target, error) {
	start, err := b.startFile(runtime, handler)
	if err != nil {
		return Target{}, err
	}
	kind, text, err := b.look(start)
	if err != nil {
		return Target{}, err
	}
	switch {
	case kind == Module && want != Native:
		return b.module(start)
	case kind == Program && want != Wasm:
		return b.program(start)
	case want != Native:
		module, err := b.findModule(start)
		if err != nil {
			return Target{}, err
		}
		if module != "" {
			return b.module(module)
		}
	}
	return Target{}, b.nothing(start, kind, text, want)
}

// startFile says which file FC would start.
func (b *Bundle) startFile(runtime, handler string) (string, error) {
	if b.start != "" {
		return b.start, nil // there is no other
	}
	if handler == "" && runtime == "go1" {
		handler = "main"
	}
	if name, ok := within(handler); ok {
		if runtime == "go1" || b.has(name) || b.has(name+".wasm") {
			return name, nil
		}
	} else if runtime == "go1" {
		return "", failf(b.file, "", "handler is %q, want the path of a file within the package", handler)
	}
	return DefaultBootstrap, nil
}

// has tells whether there is a file.
func (b *Bundle) has(name string) bool {
	info, err := os.Stat(filepath.Join(b.dir, filepath.FromSlash(name)))
	return err == nil && info.Mode().IsRegular()
}

// look tells what a file is, Other when there is none.
func (b *Bundle) look(name string) (k Kind, text string, err error) {
	// A link may lead from a directory of the user's to anywhere; in a zip it
	// cannot.
	f, err := os.Open(filepath.Join(b.dir, filepath.FromSlash(name)))
	if os.IsNotExist(err) {
		return Other, "", nil
	}
	if err != nil {
		return Other, "", fmt.Errorf("bundle: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return Directory, "", err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Other, "", fmt.Errorf("bundle: %w", err)
	}
	k, text = KindOf(head[:n])
	return k, text, nil
}

func (b *Bundle) module(name string) (Target, error) {
	wasm, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(name)))
	if err != nil {
		return Target{}, fmt.Errorf("bundle: %w", err)
	}
	return Target{Wasm: wasm, Dir: b.dir, Start: name}, nil
}

func (b *Bundle) program(name string) (Target, error) {
	file := filepath.Join(b.dir, filepath.FromSlash(name))
	info, err := os.Stat(file)
	if err != nil {
		return Target{}, fmt.Errorf("bundle: %w", err)
	}
	if info.Mode()&0o111 == 0 {
		if b.modes {
			return Target{}, failf(b.file, name, "it is not executable (mode %#o); run chmod +x on it before packing", info.Mode().Perm())
		}
		// Zips made on Windows cannot say so.
		if err := os.Chmod(file, 0o755); err != nil {
			return Target{}, fmt.Errorf("bundle: %w", err)
		}
	}
	return Target{Dir: b.dir, Start: name}, nil
}

// findModule finds a module beside the start file, "" when there is none.
func (b *Bundle) findModule(start string) (string, error) {
	own := start + ".wasm"
	if k, _, err := b.look(own); err != nil || k == Module {
		return own, err
	}
	names, err := b.top()
	if err != nil {
		return "", err
	}
	var modules []string
	for _, name := range names {
		if k, _, err := b.look(name); err == nil && k == Module {
			modules = append(modules, name)
		}
	}
	if len(modules) > 1 {
		return "", failf(b.file, "", "it has %d modules (%s), and neither %s nor %s", len(modules), strings.Join(modules, ", "), start, own)
	}
	if len(modules) == 0 {
		return "", nil
	}
	return modules[0], nil
}

// top lists the files in the package's top directory.
func (b *Bundle) top() ([]string, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// nothing says why there is no target.
func (b *Bundle) nothing(start string, kind Kind, text string, want Want) error {
	switch {
	case kind == Foreign:
		return failf(b.file, start, "it is a program for %s, and this machine has %s", text, here)
	case want == Native && kind == Module:
		return failf(b.file, start, "it is a WebAssembly module, and a program is wanted")
	case want == Wasm && kind == Program:
		return failf(b.file, start, "it is a program, and there is no WebAssembly module beside it")
	}
	what := "neither a program nor a WebAssembly module"
	if want != Any {
		what = map[Want]string{Native: "no program", Wasm: "no WebAssembly module"}[want]
	}
	names, err := b.top()
	if err != nil {
		return err
	}
	if len(names) > 10 {
		names = append(names[:10], fmt.Sprintf("%d more", len(names)-10))
	}
	hint := ""
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".go") }) {
		hint = "; Go source becomes one by: wafer build " + b.file
	}
	return failf(b.file, "", "%s called %s is in it, but: %s%s", what, path.Clean(start), strings.Join(names, ", "), hint)
}
