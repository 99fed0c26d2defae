package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/runner"
)

// cacheFlags say where compiled code, snapshots and builds are kept.
type cacheFlags struct {
	CacheDir   string `placeholder:"DIR" help:"Where compiled code and snapshots are kept. Default: wafer in the user's cache directory."`
	CacheLimit int64  `default:"4096" placeholder:"MB" help:"Most that code and snapshots may take there, in MB, until those go that have not been used for the longest time. 0 for no limit."`
	NoCache    bool   `help:"Keep nothing on disk."`
}

// keep has a runner keep things in dir, within the limit.
func (f *cacheFlags) keep(rc runner.Config, dir string) runner.Config {
	return rc.WithCacheDir(dir).WithCacheLimit(f.CacheLimit << 20)
}

func (f *cacheFlags) cacheDir() (string, error) {
	if f.CacheDir != "" {
		return f.CacheDir, nil
	}
	dir, err := userCache()
	if err != nil {
		return "", fmt.Errorf("%w (name one by --cache-dir, or do without by --no-cache)", err)
	}
	return dir, nil
}

// userCache is wafer's directory in the user's cache directory.
func userCache() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache directory: %w", err)
	}
	return filepath.Join(dir, "wafer"), nil
}
