package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// manifestFlags name the s.yaml of serve and validate.
type manifestFlags struct {
	File string   `short:"f" placeholder:"FILE" help:"Serverless Devs file. Default: s.yaml, or s.yml."`
	Only []string `placeholder:"NAME" help:"Take only this function: the id of its resource, its name, or service$$name. Repeatable."`

	included []string // files that the one read last includes
}

// read reads and checks the file.
func (f *manifestFlags) read(sys *system) (*manifest.Manifest, error) {
	file, src, err := f.find()
	if err != nil {
		return nil, err
	}
	f.included = nil
	return manifest.Parse(file, src, manifest.Options{Environ: sys.environ, ReadFile: func(name string) ([]byte, error) {
		f.included = append(f.included, name)
		return os.ReadFile(name)
	}})
}

func (f *manifestFlags) find() (file string, src []byte, err error) {
	if f.File != "" {
		src, err = os.ReadFile(f.File)
		return f.File, src, err
	}
	for _, file := range []string{"s.yaml", "s.yml"} {
		src, err := os.ReadFile(file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, src, err
		}
	}
	return "", nil, errors.New("there is no s.yaml here: name the file by -f FILE")
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
