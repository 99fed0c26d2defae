package code

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// goGuest is a Go handler with encoding/json and net/http.
func goGuest(tb testing.TB) *rewrite.Result {
	tb.Helper()
	r, err := rewrite.Rewrite(guesttest.Build(tb, "../../testdata/hello"), rewrite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// BenchmarkLoad makes prepared code of a Go guest resident, and compares it
// with what wazero does from its own cache on disk, in turns. "first" is the
// first load in a process, which also checks the file.
func BenchmarkLoad(b *testing.B) {
	ctx := context.Background()
	r := goGuest(b)
	s := open(b, Options{Dir: b.TempDir(), Budget: -1})
	c := prepare(b, s, r)
	plainDir := b.TempDir()
	plain := func() time.Duration {
		cache, err := wazero.NewCompilationCacheWithDir(plainDir)
		if err != nil {
			b.Fatal(err)
		}
		rt := wazero.NewRuntimeWithConfig(ctx, config().WithCompilationCache(cache))
		defer cache.Close(ctx)
		defer rt.Close(ctx)
		start := time.Now()
		if _, err := compile(ctx, rt, r.Wasm, runtime.GOMAXPROCS(0)); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	plain()
	load := func() time.Duration {
		start := time.Now()
		l, err := c.Acquire(ctx)
		if err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		l.Release()
		return took
	}
	var first, again, ordinary time.Duration
	for b.Loop() {
		runtime.GC()
		ordinary += plain()
		runtime.GC()
		c.entry.checked = fileID{}
		first += load()
		again += load()
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N) / 1000 }
	b.ReportMetric(per(ordinary), "ms/wazero")
	b.ReportMetric(per(first), "ms/first")
	b.ReportMetric(per(again), "ms/again")
	b.ReportMetric(float64(ordinary)/float64(first), "wazero/first")
	b.ReportMetric(float64(ordinary)/float64(again), "wazero/again")
}

// BenchmarkLookup finds what is known of a prepared Go guest.
func BenchmarkLookup(b *testing.B) {
	s := open(b, Options{Dir: b.TempDir()})
	k := prepare(b, s, goGuest(b)).Key()
	for b.Loop() {
		s.Lookup(context.Background(), k).Close()
	}
}

// BenchmarkOpen opens a store, with the test of husks.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := Open(context.Background(), Options{Dir: dir, Config: config()})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// evictAll unloads everything that is idle.
func evictAll(s *Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	budget := s.budget
	s.budget = -1
	s.evict(context.Background())
	s.budget = budget
}

// collect runs what finalizers free, too.
func collect() {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
}
