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

type item struct {
	id   int64
	busy atomic.Bool
	gone atomic.Bool
}

// factory makes items and checks how they are treated.
type factory struct {
	t    testing.TB
	made atomic.Int64
	live atomic.Int64
	fail atomic.Bool
}

func (f *factory) config() pool.Config[*item] {
	return pool.Config[*item]{
		Max: 3, MaxQueue: 100, QueueTime: 10 * time.Second,
		New: func(context.Context) (*item, error) {
			if f.fail.Load() {
				return nil, errors.New("no luck")
			}
			f.live.Add(1)
			return &item{id: f.made.Add(1)}, nil
		},
		Destroy: func(i *item) {
			if i.gone.Swap(true) {
				f.t.Errorf("item %d destroyed twice", i.id)
			}
			f.live.Add(-1)
		},
	}
}

func get(t *testing.T, p *pool.Pool[*item]) *item {
	t.Helper()
	i, _, err := p.Get(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// eventually waits for something that other goroutines bring about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 5000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func TestMostRecentlyUsedFirst(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.config())
	a, b := get(t, p), get(t, p)
	if a == b {
		t.Fatal("two callers got one item")
	}
	p.Put(a)
	p.Put(b)
	if c, made, _ := p.Get(context.Background()); c != b || made {
		t.Errorf("got item %d, want the one put back last", c.id)
	}
}

func TestQueueIsBounded(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.Max, cfg.MaxQueue, cfg.QueueTime = 1, 1, 20*time.Millisecond
	p := pool.New(cfg)
	get(t, p)
	if _, _, err := p.Get(context.Background()); !errors.Is(err, pool.ErrLate) || !errors.Is(err, pool.ErrFull) {
		t.Errorf("waiting too long: %v", err)
	}
	cfg.QueueTime = time.Minute
	p = pool.New(cfg)
	a := get(t, p)
	queued := make(chan *item)
	go func() {
		i, _, err := p.Get(context.Background())
		if err != nil {
			t.Error(err)
		}
		queued <- i
	}()
	eventually(t, "waiting", func() bool { return p.Stats().Waiting == 1 })
	if _, _, err := p.Get(context.Background()); !errors.Is(err, pool.ErrFull) || errors.Is(err, pool.ErrLate) {
		t.Errorf("queue over its length: %v", err)
	}
	p.Put(a)
	if got := <-queued; got != a {
		t.Error("the caller in the queue did not get the item")
	}
}

func TestWaiterMakesWhatADropLeaves(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.Max = 1
	p := pool.New(cfg)
	a := get(t, p)
	got := make(chan bool)
	go func() {
		i, made, err := p.Get(context.Background())
		got <- err == nil && made && i != a
	}()
	eventually(t, "waiting", func() bool { return p.Stats().Waiting == 1 })
	p.Drop(a)
	if !<-got {
		t.Error("the caller in the queue did not get a new item")
	}
}

func TestCanceledWaiter(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.Max = 1
	p := pool.New(cfg)
	a := get(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := p.Get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	p.Put(a)
	if s := p.Stats(); s.Idle != 1 || s.Waiting != 0 {
		t.Errorf("%+v", s)
	}
}

func TestFailedNewFreesItsPlace(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.config())
	f.fail.Store(true)
	for range 10 {
		if _, _, err := p.Get(context.Background()); err == nil {
			t.Fatal("no error")
		}
	}
	f.fail.Store(false)
	get(t, p)
	if s := p.Stats(); s.Live != 1 || s.CreateFailed != 10 {
		t.Errorf("%+v", s)
	}
}

func TestIdleExpires(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.IdleTime = 5 * time.Millisecond
	p := pool.New(cfg)
	a, b := get(t, p), get(t, p)
	p.Put(a)
	p.Put(b)
	eventually(t, "expired", func() bool { s := p.Stats(); return s.Live == 0 && s.Expired == 2 })
}

func TestSpares(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.Max, cfg.Spares = 5, 1
	p := pool.New(cfg)
	if f.made.Load() != 0 {
		t.Error("made spares without demand")
	}
	a := get(t, p)
	eventually(t, "a spare", func() bool { return p.Stats().Idle == 1 })
	b, made, _ := p.Get(context.Background())
	if made {
		t.Error("the spare was not used")
	}
	eventually(t, "another spare", func() bool { return p.Stats().Idle == 1 })
	p.Put(a)
	p.Put(b)
	if err := p.Close(context.Background()); err != nil || f.live.Load() != 0 {
		t.Errorf("close: %v, %d live", err, f.live.Load())
	}
}

func TestEvictTakesTheLongestIdle(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.config())
	a, b := get(t, p), get(t, p)
	p.Put(a)
	p.Put(b)
	if n := p.Evict(1); n != 1 || !a.gone.Load() || b.gone.Load() {
		t.Errorf("evicted %d, a %v, b %v", n, a.gone.Load(), b.gone.Load())
	}
}

func TestCloseWaitsForBusy(t *testing.T) {
	f := &factory{t: t}
	p := pool.New(f.config())
	a := get(t, p)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if _, _, err := p.Get(context.Background()); !errors.Is(err, pool.ErrClosed) {
		t.Errorf("error %v", err)
	}
	p.Put(a)
	if err := p.Close(context.Background()); err != nil || !a.gone.Load() {
		t.Errorf("error %v, gone %v", err, a.gone.Load())
	}
}

// TestHammer lets everything happen at once. Run it with -race.
func TestHammer(t *testing.T) {
	f := &factory{t: t}
	cfg := f.config()
	cfg.Max, cfg.IdleTime, cfg.Spares = 4, time.Millisecond, 1
	cfg.RestTime = 50 * time.Microsecond
	cfg.Rest = func(it *item) {
		if it.busy.Swap(true) || it.gone.Load() {
			t.Errorf("item %d was to rest while in use or gone", it.id)
		}
		it.busy.Store(false)
	}
	p := pool.New(cfg)
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 500 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%7)*time.Millisecond+time.Microsecond)
				it, _, err := p.Get(ctx)
				cancel()
				if err != nil {
					continue
				}
				if it.busy.Swap(true) || it.gone.Load() {
					t.Errorf("item %d was handed out while in use or gone", it.id)
				}
				if i%64 == 0 {
					time.Sleep(100 * time.Microsecond)
				}
				it.busy.Store(false)
				switch {
				case (g+i)%5 == 0:
					p.Drop(it)
				case (g+i)%97 == 0:
					p.Put(it)
					p.Evict(2)
				default:
					p.Put(it)
				}
				if n := f.live.Load(); n > 4 {
					t.Errorf("%d items live, want at most 4", n)
				}
			}
		}()
	}
	wg.Wait()
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	s := p.Stats()
	if s.Live != 0 || s.Created != s.Destroyed || f.live.Load() != 0 {
		t.Errorf("left over: %+v, %d live", s, f.live.Load())
	}
}
