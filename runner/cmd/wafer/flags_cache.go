package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// cacheFlags say where compiled code, snapshots and builds are kept.
type cacheFlags struct {
	CacheDir string `placeholder:"DIR" help:"Where compiled code and snapshots are kept. Default: wafer in the user's cache directory."`
	NoCache  bool   `help:"Keep nothing on disk."`
}

func (f *cacheFlags) cacheDir() (string, error) {
	if f.CacheDir != "" {
		return f.CacheDir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache directory: %w (name one by --cache-dir, or do without by --no-cache)", err)
	}
	return filepath.Join(dir, "wafer"), nil
}
