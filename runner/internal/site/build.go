package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// sourceLoader builds Go source into modules. What has changed since the last
// build is for the go command to find out: it knows what a package is made of.
type sourceLoader struct {
	cfg     Config
	modules moduleLoader

	mu     sync.Mutex
	builds map[string]func() (string, error) // by package, of one pass
}

// forget ends a pass: the next one builds again what was built.
func (l *sourceLoader) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.builds = map[string]func() (string, error){}
}

func (l *sourceLoader) open(ctx context.Context, f *manifest.Function, c code) (*opened, error) {
	l.mu.Lock()
	build := l.builds[c.path]
	if build == nil {
		build = sync.OnceValues(func() (string, error) { return l.build(ctx, f, c) })
		l.builds[c.path] = build
	}
	l.mu.Unlock()
	file, err := build()
	if err != nil {
		return nil, err
	}
	return l.modules.open(ctx, f, code{kind: module, path: file})
}

// build runs the go command and returns the module's file.
func (l *sourceLoader) build(ctx context.Context, f *manifest.Function, c code) (string, error) {
	l.cfg.Progress(f.ID, "building "+f.Code.Written)
	sum := sha256.Sum256([]byte(c.path))
	dir := filepath.Join(l.cfg.CacheDir, "builds", hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a directory to build in: %w", err)
	}
	opts := sdkbuild.Options{
		Package: ".", Dir: c.path, Output: filepath.Join(dir, "function.wasm"),
		Env: l.cfg.Environ, Go: l.cfg.Go, Version: l.cfg.Version,
	}
	if filepath.Ext(c.path) == ".go" {
		opts.Package, opts.Dir = filepath.Base(c.path), filepath.Dir(c.path)
	}
	var output bytes.Buffer // in one piece, as several builds print at once
	opts.Stderr = &output
	result, err := sdkbuild.Build(ctx, opts)
	if output.Len() > 0 {
		l.mu.Lock()
		_, _ = io.Copy(l.cfg.Output, &output)
		l.mu.Unlock()
	}
	var failed *sdkbuild.Error
	switch {
	case errors.As(err, &failed):
		return "", errors.New(strings.ReplaceAll(failed.Message, c.path, f.Code.Written)) // which is for people
	case err != nil:
		return "", err
	}
	for _, warning := range result.Warnings {
		l.cfg.Progress(f.ID, "warning: "+warning)
	}
	return result.Output, nil
}
