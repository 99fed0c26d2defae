package code

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// TestHammer acquires, runs, releases, evicts, closes and looks up modules
// from many goroutines, until the store is closed under their hands.
func TestHammer(t *testing.T) {
	const (
		modules = 6
		workers = 8
		rounds  = 150
	)
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	var results []*rewrite.Result
	for i := range modules {
		results = append(results, variant(t, i))
	}
	host(t, s.Runtime(), prepare(t, s, results[0]).Imports())
	cost := s.Stats().Bytes
	s.mu.Lock()
	s.budget = 2 * cost
	s.mu.Unlock()
	var wg sync.WaitGroup
	for w := range workers {
		random := rand.New(rand.NewPCG(1, uint64(w)))
		wg.Go(func() {
			for range rounds {
				if err := visit(s, results, random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	st := s.Stats()
	if st.Held != 0 || st.Bytes > s.budget || st.Modules > 1 || st.Evictions == 0 || st.Hits == 0 {
		t.Errorf("stats: %+v", st)
	}
	if got := st.Loads - st.Evictions - int64(st.Resident); got < 0 {
		t.Errorf("more is gone than came: %+v", st)
	}
}

// visit uses one module for a while.
func visit(s *Store, results []*rewrite.Result, random *rand.Rand) error {
	ctx := context.Background()
	i := random.IntN(len(results))
	c := s.Lookup(ctx, KeyOf(results[i].Wasm))
	if c == nil {
		var err error
		if c, err = s.Prepare(ctx, KeyOf(results[i].Wasm), results[i], nil); err != nil {
			return err
		}
	}
	defer c.Close()
	if random.IntN(4) == 0 {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		l, err := c.Acquire(gone)
		switch {
		case err == nil:
			l.Release()
		case !errors.Is(err, context.Canceled):
			return err
		}
	}
	l, err := c.Acquire(ctx)
	if err != nil {
		return err
	}
	defer l.Release()
	if random.IntN(8) == 0 {
		c.Close() // the lease is enough
	}
	m, err := s.Runtime().InstantiateModule(ctx, l.Module(), plainModule())
	if err != nil {
		return err
	}
	defer m.Close(ctx)
	for range random.IntN(20) {
		if got, want := call(m, "variant"), fmt.Sprintf("variant[] = [%d]", i); got != want {
			return errors.New(got)
		}
		if got, want := call(m, "sum", 300), "sum[300] = [45150]"; got != want {
			return errors.New(got)
		}
		if random.IntN(5) == 0 {
			call(m, "trap") // looks for the module of an address
		}
	}
	return nil
}

// TestCloseWhileLoading closes the store under the hands of others.
func TestCloseWhileLoading(t *testing.T) {
	for range 20 {
		s := open(t, Options{Dir: t.TempDir(), Budget: -1})
		c := prepare(t, s, subject(t, 0))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					l, err := c.Acquire(context.Background())
					if errors.Is(err, ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					l.Release()
				}
			})
		}
		for s.Stats().Loads < 10 {
			runtime.Gosched()
		}
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		wg.Wait()
	}
}

// TestSharedDirectory lets two stores, which stand for two processes, prepare
// and load the same modules at the same time.
func TestSharedDirectory(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	var results []*rewrite.Result
	for i := range 4 {
		results = append(results, variant(t, i))
	}
	for w := range 2 {
		s := open(t, Options{Dir: dir, Budget: -1})
		host(t, s.Runtime(), newManifest(Digest{}, results[0], nil).Imports)
		random := rand.New(rand.NewPCG(2, uint64(w)))
		wg.Go(func() {
			for range 40 {
				if err := visit(s, results, random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
