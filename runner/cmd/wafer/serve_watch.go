package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/internal/watch"
)

// follow reads the file again whenever it, what it reads or the functions' code
// has changed, and serves what it says then. What is wrong is printed, and what
// was served before is served on. It returns when ctx is done.
func (c *serveCmd) follow(ctx context.Context, sys *system, e *endpoint, s *site.Site, m *manifest.Manifest, w *watch.Watcher) {
	complain := func(err error) {
		if err = mistakes(sys, err); err != nil && ctx.Err() == nil {
			fmt.Fprintf(sys.stderr, "wafer: %v\n", err)
		}
	}
	keep := func(err error) {
		complain(err)
		if ctx.Err() == nil {
			fmt.Fprintln(sys.stderr, "wafer: still serving what was loaded before")
		}
	}
	gone := false // which is said once, however much else changes until it is back
	for {
		if err := c.watchSources(w, m); err != nil {
			complain(err)
		}
		if err := w.Wait(ctx); err != nil {
			if !errors.Is(err, ctx.Err()) {
				complain(fmt.Errorf("no longer watching: %w", err))
			}
			return
		}
		start := time.Now()
		next, err := c.again(sys, m.File)
		said := gone
		if gone = errors.As(err, new(goneError)); gone && said {
			continue
		}
		if err != nil {
			keep(c.complete(err))
			continue
		}
		m = next
		if err := e.certify(m); err != nil {
			keep(err)
			continue
		}
		if err := s.Apply(ctx, m, c.Only...); err != nil {
			keep(err)
			continue
		}
		fmt.Fprintf(sys.stderr, "wafer: serving %s of %s again after a change, %.1f s\n", count(len(s.Served()), "function"), m.File, time.Since(start).Seconds())
	}
}

// watchSources watches everything that a manifest comes from.
func (c *serveCmd) watchSources(w *watch.Watcher, m *manifest.Manifest) error {
	files, trees := site.Sources(m)
	files = append(files, filepath.Join(m.Dir, filepath.Base(m.File)))
	return w.Set(append(files, c.included...), trees)
}
