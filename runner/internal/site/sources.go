package site

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// Sources returns the files and the directory trees that functions are made of,
// for whoever waits for them to change. Functions without code have their code's
// path among the files: it may come to be there.
func Sources(m *manifest.Manifest) (files, trees []string) {
	for i := range m.Functions {
		f := &m.Functions[i]
		if f.Code.Path == "" {
			continue
		}
		c, _ := find(f)
		switch info, err := os.Stat(f.Code.Path); {
		case err != nil || !info.IsDir() && c.kind != source:
			files = append(files, f.Code.Path)
		case c.kind == source:
			trees = append(trees, moduleRoot(f.Code.Path))
		default:
			trees = append(trees, f.Code.Path)
		}
	}
	slices.Sort(files)
	slices.Sort(trees)
	return slices.Compact(files), slices.Compact(trees)
}

// moduleRoot is the directory of the go.mod above a package: any package of the
// module may be a part of the program.
func moduleRoot(path string) string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		path = filepath.Dir(path)
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return path
		}
	}
}
