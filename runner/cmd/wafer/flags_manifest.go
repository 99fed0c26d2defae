package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/runner/internal/bundle"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
)

// fileFlags name the s.yaml of serve and validate.
type fileFlags struct {
	Path string `arg:"" optional:"" name:"file" help:"Serverless Devs file. Default: s.yaml, or s.yml."`
	File string `short:"f" placeholder:"FILE" help:"The same, as a flag."`

	included []string // files that the one read last includes
}

// read reads and checks the file.
func (f *fileFlags) read(sys *system) (*manifest.Manifest, error) {
	file, src, err := f.find()
	if err != nil {
		return nil, err
	}
	return f.parse(sys, file, src)
}

// again reads the file that read has found before: whatever else has come to its
// directory is not what is watched.
func (f *fileFlags) again(sys *system, file string) (*manifest.Manifest, error) {
	src, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, goneError(file)
	}
	if err != nil {
		return nil, err
	}
	return f.parse(sys, file, src)
}

// goneError is a file that was there before.
type goneError string

func (e goneError) Error() string { return string(e) + " is gone" }

// parse checks the text of a file, unless it cannot be any.
func (f *fileFlags) parse(sys *system, file string, src []byte) (*manifest.Manifest, error) {
	if what := notManifest(file, src); what != "" {
		return nil, errors.New(what)
	}
	f.included = nil
	m, err := manifest.Parse(file, src, manifest.Options{Environ: sys.environ, ReadFile: func(name string) ([]byte, error) {
		f.included = append(f.included, name)
		return os.ReadFile(name)
	}})
	if err != nil {
		return nil, err
	}
	site.NoteUnused(m)
	return m, nil
}

// notManifest says what a file is that was meant for wafer run, "" for one that
// may be an s.yaml. A script is not told from that: #! begins a comment in both.
func notManifest(file string, src []byte) string {
	kind, system := bundle.KindOf(src)
	switch {
	case kind == bundle.Module:
		return fmt.Sprintf("%s is a module and no s.yaml: wafer run %s", file, file)
	case kind == bundle.Zip:
		return fmt.Sprintf("%s is a code package and no s.yaml: wafer run %s", file, file)
	case kind == bundle.Foreign:
		return fmt.Sprintf("%s is a program for %s and no s.yaml", file, system)
	case bytes.HasPrefix(src, []byte("\x7fELF")):
		return fmt.Sprintf("%s is a native program and no s.yaml: wafer run %s", file, file)
	}
	return ""
}

// find finds the file. Of a directory it is the s.yaml in it.
func (f *fileFlags) find() (file string, src []byte, err error) {
	if f.Path != "" && f.File != "" {
		return "", nil, &exitError{exitUsage, fmt.Errorf("two files are named, %s and by -f %s: want one", f.Path, f.File)}
	}
	named := cmp.Or(f.Path, f.File, ".")
	if info, err := os.Stat(named); err != nil || !info.IsDir() {
		src, err = os.ReadFile(named)
		return named, src, err
	}
	for _, file := range []string{"s.yaml", "s.yml"} {
		file = filepath.Join(named, file)
		src, err := os.ReadFile(file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, src, err
		}
	}
	if named == "." {
		named = "here"
	} else {
		named = "in " + named
	}
	return "", nil, fmt.Errorf("there is no s.yaml %s: name the file after the command, or by -f FILE", named)
}

// mistakes prints the problems of a manifest, one a line as compilers do, and
// leaves their number as the error.
func mistakes(sys *system, err error) error {
	var bad *manifest.Error
	if !errors.As(err, &bad) {
		return err
	}
	if _, err := fmt.Fprintf(sys.stderr, "%v\n", bad); err != nil {
		return err
	}
	return fmt.Errorf("%s has %s", bad.Problems[0].Pos.File, count(len(bad.Problems), "mistake"))
}

// count counts things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
