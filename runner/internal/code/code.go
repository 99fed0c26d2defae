package code

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/runner/internal/cachelimit"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// Code is a module that has been prepared: what is known about it, and the
// right to run it. It is safe for concurrent use.
type Code struct {
	entry    *entry
	key      Key
	manifest manifest
	segments *segments // nil when they are in a file
	stored   bool
	closed   atomic.Bool
}

// Key names the module before rewriting.
func (c *Code) Key() Key { return c.key }

// Digest names the module after rewriting: whatever depends on its globals or
// on its code depends on this.
func (c *Code) Digest() Digest { return c.entry.digest }

// Report says what rewriting did, or had done when the module was prepared.
func (c *Code) Report() rewrite.Report { return c.manifest.Report }

// Globals returns all mutable globals that can be saved and set.
func (c *Code) Globals() []rewrite.Global { return c.manifest.Globals }

// Imports returns the functions that the module itself imports.
func (c *Code) Imports() []Import { return c.manifest.Imports }

// Note returns what the caller of Prepare had to note.
func (c *Code) Note() []byte { return c.manifest.Note }

// EachSegment calls f with each stretch of initial memory, in the order in
// which they are written, until it returns an error. They are read from disk
// each time, as instances that start from a snapshot do without, and are not
// valid after f returns.
//
// # Errors
//
// What f returns, or a [*FileError] when the file has been removed or damaged
// since the module was prepared.
func (c *Code) EachSegment(f func(rewrite.Segment) error) error {
	if c.segments != nil {
		return c.segments.each(f)
	}
	a, err := openArchive(c.entry.store.dir.module(c.key), kindModule, c.key, moduleParts)
	if err != nil {
		return err
	}
	defer a.close()
	list, release, err := readSegments(a, c.manifest.Segments)
	if err != nil {
		return err
	}
	defer release()
	return list.each(f)
}

// Acquire makes the code resident, and keeps it so until the lease is
// released. Callers that ask at the same time share one load; one that gives
// up does not end it for the others.
//
// # Errors
//
// ctx's cause, [ErrClosed], a [*FileError] when files have vanished that
// cannot be made anew, a [*CompileError].
func (c *Code) Acquire(ctx context.Context) (*Lease, error) {
	r, err := c.entry.acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &Lease{entry: c.entry, module: r.module}, nil
}

// Touch notes that the files of the code are in use, see package cachelimit.
func (c *Code) Touch(now time.Time) {
	s := c.entry.store
	if s.dir == nil || s.dir.private != nil {
		return
	}
	cachelimit.Touch(s.dir.module(c.key), now)
	cachelimit.Touch(s.dir.wasm(c.entry.digest), now)
	cachelimit.Touch(s.dir.plain(c.entry.digest), now)
	if s.husks != nil {
		s.husks.touch(c.entry.digest, now)
	}
}

// Close gives the code up. When nobody else has the same code and no lease is
// left it is unloaded. Files stay. It may be called more than once.
func (c *Code) Close() {
	if c.closed.Swap(true) {
		return
	}
	s := c.entry.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.entry.refs--; c.entry.refs == 0 && !s.closed {
		if c.entry.holders == 0 {
			c.entry.unload(context.Background())
		}
		c.entry.forget()
	}
}
