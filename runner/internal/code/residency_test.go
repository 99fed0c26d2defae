package code

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFunctionsShareCode(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	r := subject(t, 0)
	a, err := s.Prepare(context.Background(), Key{1}, r, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Prepare(context.Background(), Key{2}, r, []byte("b"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest() != b.Digest() || a.Key() == b.Key() {
		t.Error("two modules with the same code are not what they should be")
	}
	if string(a.Note()) != "a" || string(b.Note()) != "b" {
		t.Errorf("notes are %q and %q", a.Note(), b.Note())
	}
	la, lb := acquire(t, a), acquire(t, b)
	if la.Module() != lb.Module() {
		t.Error("equal code is loaded twice")
	}
	if st := s.Stats(); st.Modules != 1 || st.Resident != 1 || st.Held != 1 || st.Loads != 1 || st.Builds > 1 {
		t.Errorf("stats: %+v", st)
	}
	la.Release()
	a.Close()
	if got := s.Stats(); got.Held != 1 {
		t.Errorf("held by the other: %+v", got)
	}
	lb.Release()
	lb.Release() // harmless
	b.Close()
	b.Close()
	want := Stats{Loads: 1, Builds: 1}
	got := s.Stats()
	got.Hits, got.Waits, got.LoadTime = 0, 0, 0
	if diff := cmp.Diff(wantPlain(s, want), got); diff != "" {
		t.Errorf("after all is closed (-want +got):\n%s", diff)
	}
}

// wantPlain adds what plain loads count.
func wantPlain(s *Store, st Stats) Stats {
	if s.husks == nil {
		st.Plain, st.Builds = st.Loads, 0
	}
	return st
}

// TestEviction drops the least recently used code that nobody holds.
func TestEviction(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	var codes []*Code
	for i := range 4 {
		codes = append(codes, prepare(t, s, variant(t, i)))
	}
	cost := s.Stats().Bytes / 4
	resident := func() (list []int) {
		for i, c := range codes {
			if c.Info().Mode != Absent {
				list = append(list, i)
			}
		}
		return list
	}
	s.mu.Lock()
	s.budget = 2*cost + cost/2
	s.mu.Unlock()
	steps := []struct {
		use  int
		want []int
	}{
		{0, []int{0, 3}}, // 1 and 2 go
		{3, []int{0, 3}},
		{1, []int{1, 3}},
		{3, []int{1, 3}},
		{2, []int{2, 3}},
	}
	for i, step := range steps {
		acquire(t, codes[step.use]).Release()
		if got := resident(); !slices.Equal(got, step.want) {
			t.Errorf("step %d: %d are resident, want %d", i, got, step.want)
		}
	}
	// What is held stays, whatever it takes.
	var leases []*Lease
	for _, c := range codes {
		leases = append(leases, acquire(t, c))
	}
	if got := resident(); len(got) != 4 {
		t.Errorf("held are %d, want all", got)
	}
	for _, l := range leases {
		l.Release()
	}
	if got, want := resident(), []int{2, 3}; !slices.Equal(got, want) {
		t.Errorf("%d are resident, want %d", got, want)
	}
	for i, c := range codes {
		host(t, s.Runtime(), c.Imports())
		l := acquire(t, c)
		m := start(t, s, c, l)
		if got, err := m.ExportedFunction("variant").Call(context.Background()); err != nil || got[0] != uint64(i) {
			t.Errorf("variant %d says %d, %v", i, got, err)
		}
		_ = m.Close(context.Background())
		l.Release()
	}
}

func TestNoBudget(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Budget: -1})
	c := prepare(t, s, subject(t, 0))
	l := acquire(t, c)
	if st := s.Stats(); st.Resident != 1 {
		t.Errorf("held: %+v", st)
	}
	l.Release()
	if st := s.Stats(); st.Resident != 0 || st.Bytes != 0 || st.Mapped != 0 || st.Evictions != 2 {
		t.Errorf("released: %+v", st)
	}
}

// TestOneLoad lets many wait for a load while some give up.
func TestOneLoad(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Budget: -1})
	c := prepare(t, s, subject(t, 0))
	before := s.Stats()
	gate := hold(s) // no load can begin
	gone, cancel := context.WithCancelCause(context.Background())
	leaving := errors.New("leaving")
	var wg sync.WaitGroup
	const waiters = 20
	leases := make([]*Lease, waiters)
	for i := range waiters {
		ctx := context.Background()
		if i%4 == 0 {
			ctx = gone
		}
		wg.Go(func() {
			l, err := c.Acquire(ctx)
			if i%4 == 0 {
				if !errors.Is(err, leaving) {
					t.Errorf("waiter %d: %v", i, err)
				}
			} else if err != nil {
				t.Errorf("waiter %d: %v", i, err)
			}
			leases[i] = l
		})
	}
	for s.Stats().Waits != before.Waits+waiters {
		runtime.Gosched()
	}
	cancel(leaving)
	for waiting(c) != waiters*3/4 {
		runtime.Gosched()
	}
	gate()
	wg.Wait()
	if st := s.Stats(); st.Loads != before.Loads+1 || st.Held != 1 {
		t.Errorf("stats: %+v", st)
	}
	for _, l := range leases {
		if l != nil {
			l.Release()
		}
	}
	if st := s.Stats(); st.Held != 0 || st.Resident != 0 {
		t.Errorf("released: %+v", st)
	}
}

func waiting(c *Code) int {
	s := c.entry.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.entry.loading == nil {
		return -1
	}
	return c.entry.loading.waiters
}

// TestEverybodyLeaves finishes a load that nobody waits for any more.
func TestEverybodyLeaves(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	c := prepare(t, s, subject(t, 0))
	evictAll(s)
	gate := hold(s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Acquire(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("acquiring: %v", err)
	}
	gate()
	s.loads.Wait()
	if st := s.Stats(); st.Resident != 1 || st.Held != 0 {
		t.Errorf("stats: %+v", st)
	}
}

func TestClosedStore(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	r := subject(t, 0)
	c := prepare(t, s, r)
	l := acquire(t, c)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Acquire(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("acquiring: %v", err)
	}
	if _, err := s.Prepare(context.Background(), Key{}, r, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("preparing: %v", err)
	}
	if s.Lookup(context.Background(), c.Key()) != nil {
		t.Error("found something")
	}
	l.Release()
	c.Close()
}
