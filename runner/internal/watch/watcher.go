package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long nothing must happen before a change is reported:
	// editors and builds write in several steps.
	settle = 100 * time.Millisecond
	// maxDirs is how many directories are watched at most.
	maxDirs = 5000
)

// Watcher waits for files to change. It is not safe for concurrent use.
type Watcher struct {
	notify *fsnotify.Watcher
	files  []string // absolute
	trees  []string // absolute
}

// New makes a watcher of nothing.
func New() (*Watcher, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: starting: %w", err)
	}
	return &Watcher{notify: n}, nil
}

// Set says what to watch from now on: files, which need not be there, and
// everything below directories, but for those whose name begins with a dot and
// those called node_modules. All paths are absolute.
//
// # Errors
//
// That there is more to watch than can be. What could be is watched.
func (w *Watcher) Set(files, trees []string) error {
	w.files, w.trees = slices.Clone(files), slices.Clone(trees)
	want := map[string]bool{}
	for _, file := range files {
		want[filepath.Dir(file)] = true
	}
	var errs []error
	for _, tree := range trees {
		for _, dir := range below(tree) {
			want[dir] = true
		}
	}
	if len(want) > maxDirs {
		return fmt.Errorf("watch: there are %d directories to watch, want at most %d", len(want), maxDirs)
	}
	for _, dir := range w.notify.WatchList() {
		if !want[dir] {
			_ = w.notify.Remove(dir) // it may be gone
		}
	}
	for dir := range want {
		if err := w.notify.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("watch: watching %s: %w", dir, err))
		}
	}
	return errors.Join(errs...)
}

// below returns a directory and those below it.
func below(tree string) (dirs []string) {
	_ = filepath.WalkDir(tree, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir():
			return nil
		case path != tree && (strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules"):
			return fs.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	return dirs
}

// Wait returns when something has changed, or with ctx's error.
func (w *Watcher) Wait(ctx context.Context) error {
	var quiet <-chan time.Time // once something has changed
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-quiet:
			return nil
		case event, ok := <-w.notify.Events:
			if !ok {
				return fsnotify.ErrClosed
			}
			if w.counts(event) {
				quiet = time.After(settle)
			}
		case err, ok := <-w.notify.Errors:
			if !ok {
				return fsnotify.ErrClosed
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch: waiting: %w", err)
			}
			quiet = time.After(settle) // whatever it was
		}
	}
}

// counts reports whether an event is about what is watched, and not about its
// neighbours, nor about modes and times alone.
func (w *Watcher) counts(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	if e.Has(fsnotify.Create) {
		w.grow(e.Name)
	}
	return slices.Contains(w.files, e.Name) || slices.ContainsFunc(w.trees, func(tree string) bool {
		return e.Name == tree || strings.HasPrefix(e.Name, tree+string(filepath.Separator))
	})
}

// grow watches a directory that has come to a tree.
func (w *Watcher) grow(name string) {
	for _, tree := range w.trees {
		if strings.HasPrefix(name, tree+string(filepath.Separator)) {
			for _, dir := range below(name) {
				_ = w.notify.Add(dir) // what cannot be watched is found out by Set
			}
			return
		}
	}
}

// Close stops watching.
func (w *Watcher) Close() error {
	if err := w.notify.Close(); err != nil {
		return fmt.Errorf("watch: closing: %w", err)
	}
	return nil
}
