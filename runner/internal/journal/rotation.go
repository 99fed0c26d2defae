package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// backupTime is the layout of the time in a renamed file's name. Names sort by
// it.
const backupTime = "2006-01-02T15-04-05.000"

// backups lists the files that path was renamed to, oldest first.
func backups(path string) ([]string, error) {
	dir, base := filepath.Split(path)
	ext := filepath.Ext(base)
	prefix := strings.TrimSuffix(base, ext) + "-"
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: reading: %w", err)
	}
	var old []string
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), prefix)
		stamp, ok2 := strings.CutSuffix(stamp, ext)
		if !ok || !ok2 {
			continue
		}
		if _, err := time.Parse(backupTime, stamp); err == nil {
			old = append(old, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(old)
	return old, nil
}

// between lists the renamed files that are younger than from, if that is not nil,
// and older than to, which may have been renamed meanwhile. Where from was
// removed, all that are left are younger.
func between(path string, from, to *os.File) ([]string, error) {
	old, err := backups(path)
	if err != nil {
		return nil, err
	}
	if i := indexOf(old, to); i >= 0 {
		old = old[:i]
	}
	if from != nil {
		old = old[indexOf(old, from)+1:]
	}
	return old, nil
}

// indexOf finds the name that a file has, or returns -1.
func indexOf(names []string, file *os.File) int {
	mine, err := file.Stat()
	if err != nil {
		return -1
	}
	return slices.IndexFunc(names, func(name string) bool {
		info, err := os.Stat(name)
		return err == nil && os.SameFile(info, mine)
	})
}

// isRenamed reports whether file is no longer the one at path.
func isRenamed(path string, file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	return err == nil && !os.SameFile(mine, there)
}
