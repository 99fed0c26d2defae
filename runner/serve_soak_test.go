package runner_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestServerSoak: thousands of requests, and nothing grows.
func TestServerSoak(t *testing.T) {
	requests := 10_000
	if testing.Short() {
		requests = 1000
	}
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithMaxInstances(2).WithConcurrency(8), server(t))
	run := func(n int) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range n / 8 {
					uri := [...]string{"/count", "/bytes?n=5000", "/bytes?n=5000&chunked", "/panic"}[min(i%10, 3)*(i%10/7)]
					if _, _, err := get(t.Context(), f, uri); err != nil && uri != "/panic" {
						t.Errorf("%s: %v", uri, err)
						return
					}
				}
			}()
		}
		wg.Wait()
	}
	run(requests / 10)
	before, _, _ := get(t.Context(), f, "/count")
	_, res, _ := get(t.Context(), f, "/count")
	memory := res.Usage.MaxMemory
	run(requests)
	_, res, err := get(t.Context(), f, "/count")
	if err != nil {
		t.Fatal(err)
	}
	if res.Usage.MaxMemory > memory+4<<20 {
		t.Errorf("memory grew from %d to %d bytes", memory, res.Usage.MaxMemory)
	}
	if s := f.Stats(); s.Destroyed != 0 {
		t.Errorf("instances: %+v (%s requests before)", s, before.text())
	}
}

// TestServerRests: an idle server rests with its connections, and goes on.
func TestServerRests(t *testing.T) {
	r := runnertest.New(t)
	f := runnertest.Load(t, r, serverConfig().WithRestTime(30*time.Millisecond), server(t))
	peer := mustGet(t, f, "/peer")
	for i := range 3 {
		for f.Stats().Resting == 0 {
			time.Sleep(time.Millisecond)
		}
		if got := mustGet(t, f, "/count"); got != fmt.Sprint(i+1) {
			t.Errorf("request %s after resting %d times", got, i+1)
		}
	}
	if got := mustGet(t, f, "/peer"); got != peer {
		t.Errorf("the connection was %s and is %s", peer, got)
	}
}
