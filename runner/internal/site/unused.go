package site

import (
	"path/filepath"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// Why a module has no use for what starts and watches a program.
const (
	whyModule = "the code is a WebAssembly module, which wafer starts by itself"
	whySource = "the Go source becomes a WebAssembly module, which wafer starts by itself"
)

// NoteUnused adds to what is ignored of a manifest what only the code tells: a
// module is not started by a command, and nobody asks it whether it is well. A zip
// is not opened for that.
func NoteUnused(m *manifest.Manifest) {
	for i := range m.Functions {
		f := &m.Functions[i]
		c, text := find(f)
		why := ""
		switch {
		case text != "":
		case c.kind == source:
			why = whySource
		case c.kind == module:
			why = whyModule
		}
		if why == "" {
			continue
		}
		for _, w := range f.Process.Written {
			if strings.HasSuffix(w.Field, ".command") && picked(f, c) {
				continue
			}
			m.Ignore(w.Field, why, w.Pos, f.ID)
		}
	}
}

// picked reports whether the command is what tells the module from others in its
// directory.
func picked(f *manifest.Function, c code) bool {
	name, err := filepath.Rel(f.Code.Path, c.path)
	start := filepath.Clean(startFile(f))
	return err == nil && c.kind == module && len(f.Process.Command) > 0 && f.Runtime != "go1" && (name == start || name == start+".wasm")
}
