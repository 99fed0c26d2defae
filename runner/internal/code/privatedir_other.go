//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package code

import (
	"fmt"
	"os"
)

// privateDir is a temporary directory that goes away with its store.
type privateDir struct{ path string }

func newPrivateDir(parent string) (*privateDir, error) {
	path, err := os.MkdirTemp(parent, privatePrefix)
	if err != nil {
		return nil, fmt.Errorf("code: making directory: %w", err)
	}
	return &privateDir{path}, nil
}

func (p *privateDir) close() error {
	if err := os.RemoveAll(p.path); err != nil {
		return fmt.Errorf("code: removing directory: %w", err)
	}
	return nil
}
