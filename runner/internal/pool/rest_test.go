package pool_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/pool"
)

// rests makes every item rest after a millisecond, and calls ok with it then.
func rests(cfg pool.Config[*item], ok func(*item)) pool.Config[*item] {
	cfg.RestTime = time.Millisecond
	cfg.Rest = ok
	return cfg
}

func TestRest(t *testing.T) {
	f := &factory{t: t}
	var mu sync.Mutex
	rested := map[int64]int{}
	p := pool.New(rests(f.config(), func(i *item) {
		mu.Lock()
		defer mu.Unlock()
		rested[i.id]++
	}))
	a, b := get(t, p), get(t, p)
	p.Put(a)
	p.Put(b)
	eventually(t, "both rest", func() bool { s := p.Stats(); return s.Resting == 2 && s.Idle == 2 })
	time.Sleep(5 * time.Millisecond)
	if got := get(t, p); got != b {
		t.Errorf("got item %d, want the one that was used last", got.id)
	}
	if s := p.Stats(); s.Resting != 1 || s.Busy != 1 || rested[1] != 1 || rested[2] != 1 {
		t.Errorf("%+v, rested %v times", s, rested)
	}
	p.Put(b)
	eventually(t, "it rests again", func() bool { return p.Stats().Resting == 2 })
	if rested[1] != 1 || rested[2] != 2 {
		t.Errorf("rested %v times", rested)
	}
	if err := p.Close(context.Background()); err != nil || !a.gone.Load() || !b.gone.Load() {
		t.Errorf("error %v, gone %v %v", err, a.gone.Load(), b.gone.Load())
	}
}

// TestRestIsWaitedFor closes the pool, or wants the only instance, while that
// is made to rest.
func TestRestIsWaitedFor(t *testing.T) {
	f := &factory{t: t}
	begun, end := make(chan struct{}), make(chan struct{})
	cfg := rests(f.config(), func(*item) { begun <- struct{}{}; <-end })
	cfg.Max = 1
	p := pool.New(cfg)
	a := get(t, p)
	p.Put(a)
	<-begun
	got := make(chan *item)
	go func() { got <- get(t, p) }()
	eventually(t, "somebody waits", func() bool { return p.Stats().Waiting == 1 })
	end <- struct{}{}
	if b := <-got; b != a {
		t.Error("got another one")
	}
	p.Put(a)
	<-begun
	closed := make(chan error)
	go func() { closed <- p.Close(context.Background()) }()
	eventually(t, "it is closing", func() bool { _, _, err := p.Get(context.Background()); return errors.Is(err, pool.ErrClosed) })
	if a.gone.Load() {
		t.Error("destroyed while it is made to rest")
	}
	end <- struct{}{}
	if err := <-closed; err != nil || !a.gone.Load() {
		t.Errorf("error %v, gone %v", err, a.gone.Load())
	}
}
