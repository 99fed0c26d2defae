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
// concurrent use, also by several processes. The zero value keeps nothing.
type Store struct{ dir string }

// NewStore makes a store in dir, which is made with mode 0700 if need be. The
// empty string makes one that keeps nothing.
func NewStore(dir string) (Store, error) {
	if dir == "" {
		return Store{}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Store{}, fmt.Errorf("snapshot: opening store: %w", err)
	}
	return Store{dir}, nil
}

func (st Store) path(k Key) string { return filepath.Join(st.dir, hex.EncodeToString(k[:])+".snap") }

// Load returns the snapshot kept under k, or nil when there is none. A file
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
	file, err := os.ReadFile(st.path(k))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	s, err := Decode(file, globals, limit)
	if err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			_ = os.Remove(st.path(k))
		}
		return nil, err
	}
	return s, nil
}

// Save keeps a snapshot under k. It appears whole or not at all.
func (st Store) Save(k Key, s *Snapshot) error {
	if st.dir == "" {
		return nil
	}
	content, err := s.Encode()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(st.dir, "new-*")
	if err != nil {
		return fmt.Errorf("snapshot: saving: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), st.path(k))
	}
	if err != nil {
		return fmt.Errorf("snapshot: saving: %w", err)
	}
	return nil
}
