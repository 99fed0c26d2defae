package pool_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/pool"
)

func (f *factory) shared(n int) pool.Config[*item] {
	cfg := f.config()
	cfg.Concurrency = n
	return cfg
}

func TestSharedIsFilledBeforeAnotherIsMade(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.shared(2))
	a, b, c := get(t, p), get(t, p), get(t, p)
	if a != b || a == c {
		t.Errorf("got items %d, %d, %d, want the first twice and then another", a.id, b.id, c.id)
	}
	p.Put(a)
	if s := p.Stats(); s.Busy != 2 || s.Idle != 0 {
		t.Errorf("one of two callers left: %+v", s)
	}
	if d := get(t, p); d != a {
		t.Errorf("got item %d, want the one whose caller left last", d.id)
	}
	p.Put(a)
	p.Put(b)
	p.Put(c)
	if s := p.Stats(); s.Busy != 0 || s.Idle != 2 {
		t.Errorf("all callers left: %+v", s)
	}
	if d := get(t, p); d != c {
		t.Errorf("got item %d, want the one that became idle last", d.id)
	}
}

func TestSharedAndDropped(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.shared(3))
	a, _ := get(t, p), get(t, p)
	p.Drop(a)
	if a.gone.Load() {
		t.Error("destroyed while a caller has it")
	}
	if b := get(t, p); b == a {
		t.Error("a dropped item took another caller")
	}
	p.Put(a)
	if !a.gone.Load() {
		t.Error("not destroyed when the last caller left")
	}
	if s := p.Stats(); s.Dropped != 1 || s.Destroyed != 1 || s.Live != 1 {
		t.Errorf("%+v", s)
	}
}

func TestSharedByThoseWhoWaitForIt(t *testing.T) {
	f := &factory{t: t}
	cfg := f.shared(4)
	begun, finish := make(chan struct{}, 10), make(chan error)
	make1 := cfg.New
	cfg.New = func(ctx context.Context) (*item, error) {
		begun <- struct{}{}
		select {
		case err := <-finish:
			if err != nil {
				return nil, err
			}
			return make1(ctx)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	type got struct {
		item *item
		made bool
		err  error
	}
	p := pool.New(cfg)
	results := make(chan got, 10)
	ask := func(ctx context.Context) {
		i, made, err := p.Get(ctx)
		results <- got{i, made, err}
	}
	gang := func(ctx context.Context) {
		go ask(ctx)
		<-begun
		for range 3 {
			go ask(context.Background())
		}
		eventually(t, "waiting", func() bool { return p.Stats().Waiting == 3 })
	}

	gang(context.Background())
	finish <- nil
	for range 4 {
		if g := <-results; g.err != nil || g.item.id != 1 || !g.made {
			t.Errorf("all should share the first item: %+v", g)
		}
	}

	gang(context.Background()) // the first is full
	bad := errors.New("bad")
	finish <- bad
	for range 4 {
		if g := <-results; !errors.Is(g.err, bad) {
			t.Errorf("error %v, want that of the item they waited for", g.err)
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	gang(ctx)
	cancel() // its maker leaves
	if g := <-results; !errors.Is(g.err, context.Canceled) {
		t.Errorf("the maker that left got %+v", g)
	}
	<-begun // another one of them makes it
	finish <- nil
	for range 3 {
		if g := <-results; g.err != nil || g.item.id != 2 {
			t.Errorf("the others should share the second item: %+v", g)
		}
	}
	if s := p.Stats(); s.Live != 2 || s.Waiting != 0 || s.CreateFailed != 2 {
		t.Errorf("%+v", s)
	}
}

func TestTakenIsNotShared(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.shared(2))
	a := get(t, p)
	p.Put(a)
	if !p.Take(a) {
		t.Fatal("an idle item was not taken")
	}
	if b := get(t, p); b == a {
		t.Error("a taken item was shared")
	}
	p.Put(a)
	if b := get(t, p); b == a { // the other has room, and is in use
		t.Error("an idle item was used before one with room")
	}
	if b := get(t, p); b != a {
		t.Error("the item given back was not used")
	}
}

// TestHammerShared is TestHammer with several callers per item.
func TestHammerShared(t *testing.T) {
	const concurrency = 3
	f := &factory{t: t}
	cfg := f.shared(concurrency)
	cfg.Max, cfg.IdleTime, cfg.Spares = 3, time.Millisecond, 1
	cfg.QueueTime = 5 * time.Millisecond
	var users sync.Map // of *atomic.Int64 by *item
	p := pool.New(cfg)
	var wg sync.WaitGroup
	for g := range 24 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 400 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%7)*time.Millisecond+time.Microsecond)
				it, _, err := p.Get(ctx)
				cancel()
				if err != nil {
					continue
				}
				v, _ := users.LoadOrStore(it, new(atomic.Int64))
				n := v.(*atomic.Int64)
				if n.Add(1) > concurrency || it.gone.Load() {
					t.Errorf("item %d was handed out too often, or when gone", it.id)
				}
				if i%16 == 0 {
					time.Sleep(100 * time.Microsecond)
				}
				if it.gone.Load() {
					t.Errorf("item %d was destroyed while in use", it.id)
				}
				n.Add(-1)
				switch {
				case (g+i)%11 == 0:
					p.Drop(it)
				case (g+i)%97 == 0:
					p.Put(it)
					p.Evict(2)
				case (g+i)%13 == 0:
					p.Put(it)
					if p.Take(it) {
						if n.Add(1) != 1 {
							t.Errorf("item %d was taken while in use", it.id)
						}
						n.Add(-1)
						p.Put(it)
					}
				default:
					p.Put(it)
				}
				if n := f.live.Load(); n > 3 {
					t.Errorf("%d items live, want at most 3", n)
				}
			}
		}()
	}
	wg.Wait()
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	s := p.Stats()
	if s.Live != 0 || s.Waiting != 0 || s.Created != s.Destroyed || f.live.Load() != 0 {
		t.Errorf("left over: %+v, %d live", s, f.live.Load())
	}
}
