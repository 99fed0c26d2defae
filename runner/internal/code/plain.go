package code

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tetratelabs/wazero"
)

// plain loads modules in the ordinary way, and keeps what wazero has compiled.
//
// wazero can do so itself, but takes a damaged file at its word, and allocates
// or runs what it says. So its files are kept in archives, and given to it in a
// directory of this process, one at a time.
type plain struct {
	dir     *directory
	scratch *privateDir
	files   string // where wazero looks for files, below scratch
	cache   wazero.CompilationCache
}

func newPlain(dir *directory) (*plain, error) {
	scratch, err := newPrivateDir(dir.newFiles())
	if err != nil {
		return nil, err
	}
	p := &plain{dir: dir, scratch: scratch}
	if p.cache, err = wazero.NewCompilationCacheWithDir(scratch.path); err != nil {
		_ = scratch.close()
		return nil, fmt.Errorf("code: opening cache: %w", err)
	}
	below, err := os.ReadDir(scratch.path)
	if err == nil && (len(below) != 1 || !below[0].IsDir()) {
		err = errors.New("it holds something else than one directory")
	}
	if err != nil {
		_ = scratch.close()
		return nil, fmt.Errorf("code: opening cache: looking into %s: %w", scratch.path, err)
	}
	p.files = filepath.Join(scratch.path, below[0].Name())
	return p, nil
}

func (p *plain) close(ctx context.Context) error {
	return errors.Join(p.cache.Close(ctx), p.scratch.close())
}

// load makes a module resident. Only one is loaded at a time.
func (p *plain) load(ctx context.Context, rt wazero.Runtime, d Digest, bin []byte) (wazero.CompiledModule, error) {
	path := p.dir.plain(d)
	// wazero refuses modules when somebody has cleaned up.
	if err := os.MkdirAll(p.files, 0o700); err != nil {
		return nil, fmt.Errorf("code: making directory: %w", err)
	}
	given := p.give(path, d)
	defer p.clean()
	cm, err := compile(ctx, rt, bin, runtime.GOMAXPROCS(0))
	if err == nil {
		p.take(path, d, given) // or it is compiled again next time
	}
	return cm, err
}

// give puts the file that is kept for a module where wazero finds it, and
// returns its name.
func (p *plain) give(path string, d Digest) string {
	a, err := openArchive(path, kindPlain, d, plainParts)
	if err != nil {
		return ""
	}
	defer a.close()
	name, err := a.read(partName)
	if err != nil {
		return ""
	}
	content, err := a.read(partContent)
	if err != nil {
		return ""
	}
	file := filepath.Base(string(name))
	if os.WriteFile(filepath.Join(p.files, file), content, 0o600) != nil {
		return ""
	}
	return file
}

// take keeps the file that wazero has written, if it was not given that.
func (p *plain) take(path string, d Digest, given string) {
	list, err := os.ReadDir(p.files)
	if err != nil {
		return
	}
	for _, e := range list {
		if e.Name() == given {
			continue
		}
		content, err := os.ReadFile(filepath.Join(p.files, e.Name()))
		if err != nil {
			return
		}
		_ = p.dir.write(path, func(f *os.File) error {
			return writeArchive(f, kindPlain, d, []byte(e.Name()), content)
		})
		return
	}
}

// clean removes what was given and taken.
func (p *plain) clean() {
	list, err := os.ReadDir(p.files)
	if err != nil {
		return
	}
	for _, e := range list {
		_ = os.Remove(filepath.Join(p.files, e.Name()))
	}
}

// plain is where the code of a module is kept as wazero wrote it. Its name does
// not depend on the processor: wazero's own does.
func (d *directory) plain(g Digest) string {
	return filepath.Join(d.path, fmt.Sprintf("%s-%s-%s-%s.plain", g, wazeroVersion, runtime.GOOS, runtime.GOARCH))
}
