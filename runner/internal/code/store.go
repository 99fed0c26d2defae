package code

import (
	"container/list"
	"context"
	"errors"
	"sync"

	"github.com/tetratelabs/wazero"
)

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
