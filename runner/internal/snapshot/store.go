package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/runner/internal/cachelimit"
	"github.com/wafer-run/wafer/runner/internal/trust"
)

// Key names what a snapshot depends on. Two snapshots with the same key may
// stand in for each other.
type Key [sha256.Size]byte

// NewKey hashes the parts, in order; each keeps its own borders.
func NewKey(parts ...string) Key {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return Key(h.Sum(nil))
}

// Store keeps snapshots in a directory, one file each. It is safe for
// concurrent use, also by several processes: files appear whole, by renaming,
// and are never changed, so what somebody has mapped stays as it is. The zero
// value keeps nothing.
type Store struct{ dir string }

// DirError says that a directory must not hold snapshots.
type DirError struct{ Dir, Reason string }

func (e *DirError) Error() string {
	return fmt.Sprintf("snapshot: opening directory %s: %s", e.Dir, e.Reason)
}

// NewStore makes a store in dir, which is made with mode 0700 if need be. The
// empty string makes one that keeps nothing.
//
// # Errors
//
// A [*DirError] when others own the directory or may write to it.
func NewStore(dir string) (Store, error) {
	if dir == "" {
		return Store{}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Store{}, fmt.Errorf("snapshot: opening store: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return Store{}, fmt.Errorf("snapshot: opening store: %w", err)
	}
	if reason := trust.Distrust(info); reason != "" {
		return Store{}, &DirError{dir, reason}
	}
	st := Store{dir}
	st.sweep()
	return st, nil
}

// sweep removes what processes left behind that were killed while writing.
func (st Store) sweep() {
	left, err := filepath.Glob(filepath.Join(st.dir, newPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range left {
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
	}
}

// newPrefix starts the names of files that are being written.
const newPrefix = "new-"

func (st Store) path(k Key) string { return filepath.Join(st.dir, hex.EncodeToString(k[:])+".snap") }

// Load returns the snapshot kept under k, or nil when there is none. Its image
// is the file: what no instance has written to is the kernel's to drop. A file
// that cannot be used is removed.
//
// # Errors
//
// A [*FormatError] that says why the file was not used. The caller boots
// instead.
func (st Store) Load(k Key, globals int, limit uint64) (*Snapshot, error) {
	if st.dir == "" {
		return nil, nil
	}
	st.Touch(k, time.Now())
	f, err := os.Open(st.path(k))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	defer f.Close()
	s, err := open(f, globals, limit)
	if err != nil {
		_ = os.Remove(st.path(k))
		return nil, err
	}
	return s, nil
}

// Touch notes that what is kept under k is in use, see package cachelimit.
func (st Store) Touch(k Key, now time.Time) {
	if st.dir != "" {
		cachelimit.Touch(st.path(k), now)
	}
}

// Save keeps a snapshot under k. It appears whole or not at all. There is no
// sync: a file that a power failure has cut short is found by its checksums.
//
// Save returns the snapshot to go on with, and closes s when that is another
// one: the same in the file, which takes no memory that cannot be dropped. When
// it fails, that is s.
func (st Store) Save(k Key, s *Snapshot) (*Snapshot, error) {
	if st.dir == "" {
		return s, nil
	}
	kept, err := st.save(k, s)
	if err != nil {
		return s, fmt.Errorf("snapshot: saving: %w", err)
	}
	s.Close()
	return kept, nil
}

func (st Store) save(k Key, s *Snapshot) (*Snapshot, error) {
	f, err := os.CreateTemp(st.dir, newPrefix+"*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	err = s.write(f)
	if cerr := f.Chmod(0o400); err == nil {
		err = cerr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	// What was written, not what the name stands for: somebody else may be
	// saving another snapshot under it.
	if f, err = os.Open(f.Name()); err != nil {
		return nil, err
	}
	defer f.Close()
	kept, err := open(f, len(s.Globals), s.Image.Size())
	if err != nil {
		return nil, err
	}
	if err := os.Rename(f.Name(), st.path(k)); err != nil {
		kept.Close()
		return nil, err
	}
	return kept, nil
}
