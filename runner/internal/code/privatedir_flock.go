//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package code

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/wafer-run/wafer/runner/internal/trust"
)

// privateDir is a temporary directory that goes away with its process. It is
// locked as long as it is in use: that keeps it from programs that clean up
// temporary files by age, and tells it from one whose process was killed.
type privateDir struct {
	path string
	lock *os.File
}

func newPrivateDir(parent string) (*privateDir, error) {
	sweepPrivateDirs(parent)
	for {
		path, err := os.MkdirTemp(parent, privatePrefix)
		if err != nil {
			return nil, fmt.Errorf("code: making directory: %w", err)
		}
		// Somebody who sweeps may have it before it is locked.
		p, err := lockDir(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			_ = os.RemoveAll(path)
			return nil, fmt.Errorf("code: locking directory: %w", err)
		}
		return p, nil
	}
}

// lockDir locks a directory that nobody else has locked.
func lockDir(path string) (*privateDir, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fs.ErrNotExist // it is being removed
		}
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		_ = f.Close()
		return nil, err
	}
	return &privateDir{path, f}, nil
}

// sweepPrivateDirs removes directories whose process is gone.
func sweepPrivateDirs(parent string) {
	paths, err := filepath.Glob(filepath.Join(parent, privatePrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil || !info.IsDir() || trust.Distrust(info) != "" {
			continue
		}
		if p, err := lockDir(path); err == nil {
			_ = p.close()
		}
	}
}

func (p *privateDir) close() error {
	err := os.RemoveAll(p.path)
	if cerr := p.lock.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("code: removing directory: %w", err)
	}
	return nil
}
