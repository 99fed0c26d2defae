package code

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// Lookup returns a module that has been prepared before, perhaps by another
// process, without looking at the module itself. It returns nil when there is
// none, or when what there is cannot be used.
func (s *Store) Lookup(ctx context.Context, k Key) *Code {
	if s.dir == nil {
		return nil
	}
	c, err := s.open(k)
	if err != nil {
		return nil
	}
	c.Touch(time.Now()) // before anybody notes when the file was changed
	c.stored, err = s.revive(ctx, c.entry)
	if err != nil {
		c.Close()
		return nil
	}
	return c
}

// revive makes sure that code can be loaded whose machine code may not be
// there: it was compiled by another version, for another processor or damaged,
// or the store is a plain one. It reports whether it was there.
func (s *Store) revive(ctx context.Context, e *entry) (bool, error) {
	if s.husks == nil {
		_, err := s.wasm(e)
		return false, err
	}
	if n := s.husks.built(e.digest); n > 0 {
		s.mu.Lock()
		e.size = n
		s.mu.Unlock()
		return true, nil
	}
	return false, s.rebuild(ctx, e)
}

// open makes a Code of files.
func (s *Store) open(k Key) (*Code, error) {
	a, err := openArchive(s.dir.module(k), kindModule, k, moduleParts)
	if err != nil {
		return nil, err
	}
	defer a.close()
	m, err := readManifest(a)
	if err != nil {
		return nil, err
	}
	// They are not needed now. But now they can be made anew.
	_, release, err := readSegments(a, m.Segments)
	if err != nil {
		return nil, err
	}
	release()
	e, err := s.entryOf(m.Digest, nil)
	if err != nil {
		return nil, err
	}
	return &Code{entry: e, key: k, manifest: m}, nil
}

// Prepare compiles a rewritten module, unless its code is there already, and
// keeps what later processes need to do without rewriting. note is kept with it.
// The result is not used after Prepare returns.
//
// # Errors
//
// A [*CompileError], ctx's cause or [ErrClosed]. Where files cannot be written
// the module stays in memory instead, and [Code.Info] says why.
func (s *Store) Prepare(ctx context.Context, k Key, r *rewrite.Result, note []byte) (*Code, error) {
	m := newManifest(Digest(KeyOf(r.Wasm)), r, note)
	c, err := s.keep(ctx, k, m, r)
	if err != nil {
		return nil, err
	}
	// Loading it once proves that it can be, and fills wazero's cache.
	l, err := c.Acquire(ctx)
	if err != nil {
		c.Close()
		return nil, err
	}
	l.Release()
	return c, nil
}

// keep keeps a rewritten module: in files where there can be some.
func (s *Store) keep(ctx context.Context, k Key, m manifest, r *rewrite.Result) (*Code, error) {
	if s.dir == nil {
		return s.remember(k, m, r)
	}
	if s.husks != nil {
		start := time.Now()
		err := s.build(ctx, m.Digest, r.Module, r.Wasm)
		m.Compile = time.Since(start)
		var refused *CompileError
		if err != nil && (errors.As(err, &refused) || ctx.Err() != nil) {
			return nil, err
		}
		// Anything else shows again when it is loaded, and makes that a plain load.
	}
	if err := s.write(k, m, r); err != nil {
		return s.remember(k, m, r)
	}
	if c, err := s.open(k); err == nil {
		return c, nil
	}
	return s.remember(k, m, r)
}

// remember keeps a module in memory, as when the disk is full.
func (s *Store) remember(k Key, m manifest, r *rewrite.Result) (*Code, error) {
	e, err := s.entryOf(m.Digest, bytes.Clone(r.Wasm))
	if err != nil {
		return nil, err
	}
	packed := packSegments(r.Segments)
	return &Code{entry: e, key: k, manifest: m, segments: &packed}, nil
}

// write writes all but the machine code.
func (s *Store) write(k Key, m manifest, r *rewrite.Result) error {
	if path := s.dir.wasm(m.Digest); !exists(path) {
		if err := s.dir.write(path, func(f *os.File) error { _, err := f.Write(r.Wasm); return err }); err != nil {
			return err
		}
	}
	about, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("code: encoding manifest: %w", err)
	}
	return s.dir.write(s.dir.module(k), func(f *os.File) error {
		return writeArchive(f, kindModule, k, about, packSegments(r.Segments).bytes)
	})
}
