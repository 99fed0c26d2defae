package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/trust"
)

// cached returns the directory with a package's files, which unpack makes when
// nobody has them. A lock file beside each directory says who uses it: shared
// locks are users, and who gets it exclusively may remove both. Locks end with
// their process, however that ends.
func cached(cacheDir, digest string, unpack func(*os.Root) error) (dir string, release func() error, err error) {
	base, err := filepath.Abs(filepath.Join(cacheDir, "packages"))
	if err != nil {
		return "", nil, fmt.Errorf("bundle: %w", err)
	}
	if err := os.MkdirAll(base, 0o700); err != nil {
		return "", nil, fmt.Errorf("bundle: making the package cache: %w", err)
	}
	info, err := os.Stat(base)
	if err != nil {
		return "", nil, fmt.Errorf("bundle: %w", err)
	}
	if why := trust.Distrust(info); why != "" {
		return "", nil, fmt.Errorf("bundle: package cache %s cannot be trusted: %s", base, why)
	}
	sweep(base)
	lock, err := use(filepath.Join(base, digest+lockSuffix))
	if err != nil {
		return "", nil, fmt.Errorf("bundle: locking the package cache: %w", err)
	}
	dir = filepath.Join(base, digest)
	release = once(func() error {
		defer lock.Close()
		return discard(lock, dir)
	})
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := fill(base, dir, unpack); err != nil {
			return "", nil, errors.Join(err, release())
		}
	} else if err != nil {
		return "", nil, errors.Join(fmt.Errorf("bundle: %w", err), release())
	}
	return dir, release, nil
}

const (
	lockSuffix = ".lock"
	tempPrefix = "unpacking-"
)

// fill unpacks beside the directory and puts it in its place as a whole.
func fill(base, dir string, unpack func(*os.Root) error) error {
	temp := filepath.Join(base, tempPrefix+strconv.FormatUint(rand.Uint64(), 36))
	// A lock of its own keeps others from sweeping it meanwhile. It is taken
	// first: who sweeps between a lock's file and the lock removes both, and the
	// directory with them.
	lock, err := use(temp + lockSuffix)
	if err != nil {
		return fmt.Errorf("bundle: unpacking: %w", err)
	}
	defer func() {
		_ = os.Remove(temp + lockSuffix)
		_ = lock.Close()
	}()
	if err := os.Mkdir(temp, 0o700); err != nil {
		return fmt.Errorf("bundle: unpacking: %w", err)
	}
	defer os.RemoveAll(temp) // when it is still there
	if err := os.Chmod(temp, 0o755); err != nil {
		return fmt.Errorf("bundle: unpacking: %w", err)
	}
	root, err := os.OpenRoot(temp)
	if err != nil {
		return fmt.Errorf("bundle: unpacking: %w", err)
	}
	err = unpack(root)
	_ = root.Close()
	if err != nil {
		return err
	}
	err = os.Rename(temp, dir)
	if _, statErr := os.Stat(dir); err != nil && statErr == nil {
		return nil // another was faster
	}
	if err != nil {
		return fmt.Errorf("bundle: unpacking: %w", err)
	}
	return nil
}

// discard removes a directory and its lock file, if nobody else uses them.
func discard(lock *os.File, dir string) error {
	if !lockExclusive(lock) || !isFile(lock, dir+lockSuffix) {
		return nil
	}
	return errors.Join(os.RemoveAll(dir), os.Remove(dir+lockSuffix))
}

// isFile reports whether the file is still the one of that name: another may have
// removed it and a third made a new one, which is then in use.
func isFile(f *os.File, name string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(mine, there)
}

// sweep removes what processes left that were killed.
func sweep(base string) {
	entries, err := os.ReadDir(base)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), lockSuffix)
		if !ok {
			continue
		}
		f, err := os.OpenFile(filepath.Join(base, e.Name()), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		_ = discard(f, filepath.Join(base, name))
		_ = f.Close()
	}
}

// use makes a lock file and takes a share of its lock. A file that was removed
// meanwhile is no lock: others would make a new one.
func use(file string) (*os.File, error) {
	for {
		f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lockShared(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		if isFile(f, file) {
			return f, nil
		}
		_ = f.Close()
	}
}
