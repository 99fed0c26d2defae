package code

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// fetch makes code resident in the best way that works.
func (s *Store) fetch(ctx context.Context, e *entry) (*resident, error) {
	reason := s.reason
	if s.husks != nil {
		r, err := s.husks.load(ctx, s.rt, e)
		var damaged *FileError
		if errors.As(err, &damaged) {
			if err = s.rebuild(ctx, e); err == nil {
				r, err = s.husks.load(ctx, s.rt, e)
			}
		}
		if err == nil {
			return r, nil
		}
		reason = err.Error()
	}
	bin, err := s.wasm(e)
	if err != nil {
		return nil, err
	}
	var cm wazero.CompiledModule
	err = s.alone(ctx, func() error {
		if s.plain != nil {
			cm, err = s.plain.load(ctx, s.rt, e.digest, bin)
		} else {
			cm, err = compile(ctx, s.rt, bin, runtime.GOMAXPROCS(0))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	n := int64(len(bin))
	return &resident{module: cm, mode: Compiled, reason: reason, size: codePerByte * n, cost: memoryPerByte * n}, nil
}

// rebuild builds the code of a module again, from the rewritten module.
func (s *Store) rebuild(ctx context.Context, e *entry) error {
	bin, err := s.wasm(e)
	if err != nil {
		return err
	}
	m, err := wasm.Parse(bin)
	if err != nil {
		return err
	}
	return s.build(ctx, e.digest, m, bin)
}

// build builds code unless somebody else has meanwhile.
func (s *Store) build(ctx context.Context, d Digest, m *wasm.Module, bin []byte) error {
	return s.alone(ctx, func() error {
		if s.husks.built(d) > 0 {
			return nil
		}
		s.count(func(st *Stats) { st.Builds++ })
		return s.husks.build(ctx, d, m, bin)
	})
}

// wasm returns the rewritten module.
func (s *Store) wasm(e *entry) ([]byte, error) {
	s.mu.Lock()
	bin := e.bin
	s.mu.Unlock()
	if bin != nil {
		return bin, nil
	}
	path := s.dir.wasm(e.digest)
	bin, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{path, err}
	}
	if err != nil {
		return nil, fmt.Errorf("code: reading module: %w", err)
	}
	if Digest(KeyOf(bin)) != e.digest {
		return nil, &FileError{path, errors.Join(errors.New("it is damaged"), remove(path))}
	}
	return bin, nil
}

// alone runs f while no other module is compiled.
func (s *Store) alone(ctx context.Context, f func() error) error {
	select {
	case s.compile <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.compile }()
	return f()
}
