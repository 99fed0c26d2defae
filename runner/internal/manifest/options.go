package manifest

import (
	"os"
	"path/filepath"
	"strings"
)

// Options say what a manifest is read with. The zero value has an empty
// environment.
type Options struct {
	// Environ is the environment that ${env('N')} looks at, as from os.Environ.
	Environ []string
	// ReadFile reads a file for ${file('p')}. Default: os.ReadFile.
	ReadFile func(name string) ([]byte, error)
}

func (o Options) withDefaults() Options {
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	return o
}

// env looks up a variable. As for processes, the last one of a name counts.
func (o Options) env(name string) (value string, ok bool) {
	for _, e := range o.Environ {
		if v, is := strings.CutPrefix(e, name+"="); is {
			value, ok = v, true
		}
	}
	return value, ok
}

// seenFrom returns a path of a manifest in dir.
func seenFrom(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
