package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// Pack writes a zip of files and directories, the same for the same content:
// entries are sorted and have no times, and of their modes only whether a file
// is a program. A directory stands for what is in it, a file for itself.
// Programs and scripts are made executable, as FC would refuse them otherwise.
//
// # Errors
//
// *Error for what a package cannot have: see [Open].
func Pack(w io.Writer, paths ...string) error {
	return pack(w, func(string) bool { return false }, paths)
}

func pack(w io.Writer, skip func(file string) bool, paths []string) error {
	files := map[string]string{} // on disk, by name in the zip
	for _, p := range paths {
		if err := collect(files, p, skip); err != nil {
			return err
		}
	}
	if len(files) == 0 {
		return failf(strings.Join(paths, " "), "", "there is nothing to pack")
	}
	if len(files) > MaxEntries {
		return failf(strings.Join(paths, " "), "", "%d files, the limit is %d", len(files), MaxEntries)
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 9) })
	left := int64(MaxSize)
	for _, name := range names {
		n, err := add(z, name, files[name], left)
		if err != nil {
			return err
		}
		left -= n
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("bundle: packing: %w", err)
	}
	return nil
}

// collect finds files.
func collect(files map[string]string, root string, skip func(file string) bool) error {
	put := func(name, file string) error {
		if skip(file) {
			return nil
		}
		name = filepath.ToSlash(name)
		if old, ok := files[name]; ok {
			return failf(root, name, "%s has this name, too", old)
		}
		files[name] = file
		return nil
	}
	// What is named may be a link: it stands for what it leads to.
	real, err := filepath.EvalSymlinks(root)
	if errors.Is(err, fs.ErrNotExist) {
		return failf(root, "", "no such file or directory")
	}
	if err != nil {
		return fmt.Errorf("bundle: packing: %w", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return fmt.Errorf("bundle: packing: %w", err)
	}
	if !info.IsDir() {
		return put(filepath.Base(root), real)
	}
	return filepath.WalkDir(real, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("bundle: packing: %w", err)
		}
		name, err := filepath.Rel(real, file)
		if err != nil || name == "." {
			return err
		}
		if e.IsDir() {
			// Empty ones alone need an entry.
			if inside, err := os.ReadDir(file); err != nil || len(inside) > 0 {
				return err
			}
		}
		return put(name, file)
	})
}

// add writes one entry and says how large it is.
func add(z *zip.Writer, name, file string, left int64) (int64, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return 0, fmt.Errorf("bundle: packing: %w", err)
	}
	// The earliest time that the format has, as some programs dislike none.
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	var content io.Reader
	switch mode := info.Mode(); mode.Type() {
	case fs.ModeDir:
		h.Name += "/"
		h.Method = zip.Store
		h.SetMode(fs.ModeDir | 0o755)
		content = strings.NewReader("")
	case fs.ModeSymlink:
		link, err := os.Readlink(file)
		if err != nil {
			return 0, fmt.Errorf("bundle: packing: %w", err)
		}
		to := filepath.Join(filepath.Dir(name), link)
		if filepath.IsAbs(link) || to == ".." || strings.HasPrefix(to, "../") {
			return 0, failf(file, "", "it links to %q, which is out of the package", link)
		}
		h.SetMode(fs.ModeSymlink | 0o777)
		content = strings.NewReader(filepath.ToSlash(link))
	case 0:
		f, err := os.Open(file)
		if err != nil {
			return 0, fmt.Errorf("bundle: packing: %w", err)
		}
		defer f.Close()
		head := make([]byte, headSize)
		n, err := f.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("bundle: packing: %w", err)
		}
		if k, _ := KindOf(head[:n]); k == Program || k == Foreign {
			mode |= 0o111
		}
		h.SetMode(modeOf(mode))
		content = f
	default:
		return 0, failf(file, "", "it is a %s, want a file, directory or symbolic link", describe(mode))
	}
	w, err := z.CreateHeader(h)
	if err != nil {
		return 0, fmt.Errorf("bundle: packing %s: %w", file, err)
	}
	n, err := io.Copy(w, io.LimitReader(content, left+1))
	if err != nil {
		return 0, fmt.Errorf("bundle: packing %s: %w", file, err)
	}
	if n > left {
		return 0, failf(file, "", "with this file, the package is larger than the limit of %d bytes", MaxSize)
	}
	return n, nil
}
