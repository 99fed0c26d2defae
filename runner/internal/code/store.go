package code

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// DefaultBudget is enough for 8,000 Go functions as mapped code, or for 30 that
// were compiled in the ordinary way.
const DefaultBudget = 1 << 30

// Options configures a [Store].
type Options struct {
	// Dir keeps compiled code across processes, which may share it. It is made
	// with mode 0700 and refused when others own it or may write to it. Empty
	// means a directory in the system's place for temporary files, which goes
	// away with the store. Where that cannot be made, everything stays in
	// memory and nothing is evicted.
	Dir string
	// Budget limits the private memory that resident code takes, in bytes and
	// by estimate. Code that nobody uses is evicted beyond it, the least
	// recently used first; code in use may exceed it. On Linux the number of
	// modules is limited as well, so that they use a quarter of the mappings
	// that a process may have (vm.max_map_count). Zero means
	// [DefaultBudget], less than zero keeps nothing that is not used.
	Budget int64
	// Config is the configuration of the runtime, without a cache.
	Config wazero.RuntimeConfig
	// Plain loads everything in the ordinary way, as the interpreter needs.
	Plain bool
}

// Store loads code into one wazero runtime, and knows which of it is resident.
// It is safe for concurrent use.
type Store struct {
	rt      wazero.Runtime
	dir     *directory // nil when everything stays in memory
	husks   *husks     // nil when everything is plain
	plain   *plain     // nil when plain loads are not kept
	reason  string     // why husks is nil
	budget  int64
	most    int           // how many may be resident when nobody uses them
	compile chan struct{} // held while a module is compiled: that takes all processors

	mu      sync.Mutex
	entries map[Digest]*entry
	idle    list.List // of *entry, resident and held by nobody; the front goes first
	loads   sync.WaitGroup
	closed  bool
	stats   Stats
	trim    func() // called after unloading, see trimmer
}

// Open opens a store. Close it when done.
//
// # Errors
//
// A [*DirError] when the directory must not be trusted, and the system's error
// when it cannot be used.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{budget: o.Budget, most: mostMappings() / mappingsPerModule, compile: make(chan struct{}, 1), entries: map[Digest]*entry{}}
	if s.budget == 0 {
		s.budget = DefaultBudget
	}
	var err error
	if s.dir, err = openDirectory(o.Dir); err != nil && o.Dir != "" {
		return nil, err
	}
	config := o.Config
	switch {
	case err != nil:
		s.dir, s.reason = nil, err.Error()
	case o.Plain:
		s.reason = "code: loading husks: switched off"
	default:
		if s.husks, err = newHusks(ctx, s.dir, config); err != nil {
			s.reason = err.Error()
		}
	}
	if s.dir != nil && s.husks == nil {
		if s.plain, err = newPlain(s.dir); err != nil {
			_ = s.dir.close()
			return nil, err
		}
		config = config.WithCompilationCache(s.plain.cache)
	}
	s.rt = wazero.NewRuntimeWithConfig(ctx, config)
	return s, nil
}

// Runtime returns the runtime that code is loaded into. It is closed with the
// store.
func (s *Store) Runtime() wazero.Runtime { return s.rt }

// Close waits for loads that are under way and closes the runtime, with all
// instances in it. Files stay, unless the directory was a temporary one.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.loads.Wait()
	err := s.rt.Close(ctx)
	s.mu.Lock()
	for _, e := range s.entries {
		e.unload(ctx)
	}
	s.entries = nil
	s.mu.Unlock()
	if s.plain != nil {
		err = errors.Join(err, s.plain.close(ctx))
	}
	if s.dir != nil {
		err = errors.Join(err, s.dir.close())
	}
	return err
}

// entryOf returns the entry of a digest and counts a reference to it. bin is
// the rewritten module where it is not in a file.
func (s *Store) entryOf(d Digest, bin []byte) (*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	e := s.entries[d]
	if e == nil {
		e = &entry{store: s, digest: d}
		s.entries[d] = e
	}
	if e.bin == nil {
		e.bin = bin
	}
	e.refs++
	return e, nil
}

// evict unloads idle code until the rest fits the budget. s.mu is held.
func (s *Store) evict(ctx context.Context) {
	if s.dir == nil {
		return // loading it again would mean compiling it again
	}
	for (s.stats.Bytes > s.budget || s.stats.Resident > s.most) && s.idle.Len() > 0 {
		s.idle.Front().Value.(*entry).unload(ctx)
		s.stats.Evictions++
	}
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
		if s.husks.built(d) {
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
