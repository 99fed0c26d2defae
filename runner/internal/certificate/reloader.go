package certificate

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long files must be left alone before they are read again: a
// certificate and its key are two files, and writing one takes several steps.
const settle = 200 * time.Millisecond

// Files name a certificate chain and its private key, both in PEM.
type Files struct{ Cert, Key string }

// content is what was in a pair of files.
type content struct{ cert, key []byte }

// Reloader keeps a [Store] up to date with files. It watches their directories,
// so that files which are replaced by renaming, or lie behind a symbolic link
// that is changed, as in a Kubernetes volume, are noticed too.
type Reloader struct {
	store   *Store
	pairs   []Files
	seen    []content // of pairs, when last read
	log     *slog.Logger
	watcher *fsnotify.Watcher
	done    chan struct{}
}

// NewReloader reads the files into store, each pair under the name of its Cert
// file, and again whenever they change, until [Reloader.Close]. Files that cannot
// be used later on leave the store as it is, and are told to log.
//
// # Errors
//
// A pair that cannot be used now, or a directory that cannot be watched.
func NewReloader(store *Store, pairs []Files, log *slog.Logger) (*Reloader, error) {
	r := &Reloader{store: store, pairs: slices.Clone(pairs), seen: make([]content, len(pairs)), log: log, done: make(chan struct{})}
	var errs []error
	for i := range pairs {
		_, err := r.read(i)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("certificate: watching files: %w", err)
	}
	r.watcher = watcher
	for _, dir := range r.dirs() {
		if err := watcher.Add(dir); err != nil {
			return nil, errors.Join(fmt.Errorf("certificate: watching %s: %w", dir, err), watcher.Close())
		}
	}
	go r.watch()
	return r, nil
}

// dirs are the directories of all files, each once.
func (r *Reloader) dirs() []string {
	var dirs []string
	seen := map[string]bool{}
	for _, p := range r.pairs {
		for _, file := range []string{p.Cert, p.Key} {
			if dir := filepath.Dir(file); !seen[dir] {
				seen[dir] = true
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// read reads a pair and puts it into the store, if it is not the one read last.
func (r *Reloader) read(i int) (changed bool, err error) {
	p := r.pairs[i]
	cert, err := os.ReadFile(p.Cert)
	if err != nil {
		return false, fmt.Errorf("certificate: reading the certificate: %w", err)
	}
	key, err := os.ReadFile(p.Key)
	if err != nil {
		return false, fmt.Errorf("certificate: reading the key of %s: %w", p.Cert, err)
	}
	if bytes.Equal(cert, r.seen[i].cert) && bytes.Equal(key, r.seen[i].key) {
		return false, nil
	}
	r.seen[i] = content{cert, key}
	return true, r.store.Put(p.Cert, cert, key)
}

// watch reads the files again when something in their directories has changed.
// Which file it was is not asked: links make that hard to tell, and reading is
// cheap.
func (r *Reloader) watch() {
	defer close(r.done)
	changed := time.NewTimer(0)
	<-changed.C
	for {
		select {
		case _, ok := <-r.watcher.Events:
			if !ok {
				changed.Stop()
				return
			}
			changed.Reset(settle)
		case err, ok := <-r.watcher.Errors:
			if ok { // events may be lost
				r.log.Warn("certificate: watching files", "error", err)
				changed.Reset(settle)
			}
		case <-changed.C:
			r.reload()
		}
	}
}

func (r *Reloader) reload() {
	for i, p := range r.pairs {
		switch changed, err := r.read(i); {
		case err != nil:
			r.log.Error("certificate: the files changed and cannot be used, the certificate in use stays", "file", p.Cert, "error", err)
		case changed:
			r.log.Info("certificate: the files changed, new connections get the new certificate", "file", p.Cert)
		}
	}
}

// Close ends the watch. The store keeps what it has.
func (r *Reloader) Close() error {
	err := r.watcher.Close()
	<-r.done
	return err
}
