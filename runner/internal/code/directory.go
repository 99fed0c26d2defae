package code

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/runner/internal/trust"
)

// privatePrefix starts the name of directories that belong to one process.
const privatePrefix = "wafer-code-"

// directory is where the files of a store are:
//
//	<dir>/<layout>/            see layoutID
//	    <key>.module           manifest and data segments of a module
//	    <digest>.wasm          a rewritten module
//	    <digest>-<cpu>.code    its machine code
//	    <digest>-<...>.plain   its machine code as wazero writes it
//	    new/                   files that are being written
//
// Files appear whole, by renaming, and are never changed: processes share a
// directory without locks, and what one has mapped stays as it is.
type directory struct {
	path    string
	private *privateDir // when there is no directory to share
}

// openDirectory opens dir, or makes one for this process only when dir is
// empty.
func openDirectory(dir string) (*directory, error) {
	d := &directory{}
	if dir == "" {
		p, err := newPrivateDir(os.TempDir())
		if err != nil {
			return nil, err
		}
		d.private, dir = p, p.path
	} else if err := makeTrusted(dir); err != nil {
		return nil, err
	}
	layout, err := layoutID()
	if err != nil {
		_ = d.close()
		return nil, err
	}
	d.path = filepath.Join(dir, layout)
	for _, sub := range []string{d.path, d.newFiles()} {
		if err := makeTrusted(sub); err != nil {
			_ = d.close()
			return nil, err
		}
	}
	d.sweep()
	return d, nil
}

// makeTrusted makes a directory, and refuses one that others own or may write
// to: what is in it gets executed.
func makeTrusted(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("code: making directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("code: making directory: %w", err)
	}
	if reason := trust.Distrust(info); reason != "" {
		return &DirError{dir, reason}
	}
	return nil
}

func (d *directory) newFiles() string { return filepath.Join(d.path, "new") }

func (d *directory) module(k Key) string  { return filepath.Join(d.path, k.String()+".module") }
func (d *directory) wasm(g Digest) string { return filepath.Join(d.path, g.String()+".wasm") }
func (d *directory) object(g Digest, cpu string) string {
	return filepath.Join(d.path, g.String()+"-"+cpu+".code")
}

// write makes a file that appears whole or not at all. There is no sync: a
// file that a power failure has cut short is found by its checksum.
func (d *directory) write(path string, content func(*os.File) error) error {
	f, err := os.CreateTemp(d.newFiles(), "*")
	if errors.Is(err, fs.ErrNotExist) && makeTrusted(d.newFiles()) == nil {
		f, err = os.CreateTemp(d.newFiles(), "*") // somebody has cleaned up
	}
	if err != nil {
		return fmt.Errorf("code: writing %s: %w", path, err)
	}
	err = content(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("code: writing %s: %w", path, err)
	}
	return nil
}

// sweep removes what processes left behind that were killed while writing.
func (d *directory) sweep() {
	entries, err := os.ReadDir(d.newFiles())
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(d.newFiles(), e.Name()))
		}
	}
}

// exists reports whether there is a regular file that is not empty.
func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}

// remove removes a file that was found to be of no use.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("code: removing file: %w", err)
	}
	return nil
}

func (d *directory) close() error {
	if d.private == nil {
		return nil
	}
	return d.private.close()
}
