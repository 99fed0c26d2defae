// Package cachelimit keeps directories of files that can be made anew from
// growing: it removes what has not been used for the longest time.
//
// Use shows in a file's time of modification, which who uses it brings up to
// date ([Touch]), once an hour and not each time. Files of the last two hours
// are never removed: processes that have a function loaded touch its files
// every hour, and may rely on finding them. Several processes may share a
// directory; a file that somebody has open or mapped stays as it is for them.
package cachelimit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	// TouchTime is how long a use shows before it is noted again.
	TouchTime = time.Hour
	// spared is the age up to which files stay.
	spared = 2 * TouchTime
	// target is the part of the limit that is left, in percent, so that not
	// every new file costs another look at all.
	target = 90
)

// Touch notes that a file is in use. That there is none is no matter.
func Touch(path string, now time.Time) {
	if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) >= TouchTime {
		_ = os.Chtimes(path, time.Time{}, now)
	}
}

// Removed says what Enforce did.
type Removed struct {
	Files int
	Bytes int64
	Left  int64 // bytes in files that stayed
}

type file struct {
	path string
	size int64
	used time.Time
}

// Enforce removes the files below dirs that were used least recently when
// they take more than limit bytes together, until they take a tenth less. Files
// in directories whose name skip returns true for do not count. Directories
// that do not exist are empty.
func Enforce(dirs []string, limit int64, now time.Time, skip func(name string) bool) (Removed, error) {
	var list []file
	var r Removed
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed meanwhile
			}
			if err != nil {
				return err
			}
			if e.IsDir() {
				if skip(e.Name()) {
					return filepath.SkipDir
				}
				return nil
			}
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
				list = append(list, file{path, allocated(info), info.ModTime()})
				r.Left += allocated(info)
			}
			return nil
		})
		if err != nil {
			return r, fmt.Errorf("cachelimit: looking through %s: %w", dir, err)
		}
	}
	if r.Left <= limit {
		return r, nil
	}
	slices.SortFunc(list, func(a, b file) int { return a.used.Compare(b.used) })
	for _, f := range list {
		if r.Left <= limit/100*target || now.Sub(f.used) < spared {
			break
		}
		if info, err := os.Stat(f.path); err != nil || !info.ModTime().Equal(f.used) {
			continue // gone, or in use since
		}
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r, fmt.Errorf("cachelimit: removing file: %w", err)
		}
		r.Files++
		r.Bytes += f.size
		r.Left -= f.size
	}
	return r, nil
}
