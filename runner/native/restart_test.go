package native_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

var cycles = flag.Int("cycles", 0, "how often TestKillAndRestart ends an instance; default 100, and 1000 with WAFER_TEST_ALL")

// TestKillAndRestart ends instances in every way there is, over and over, and
// sees that the next invocation finds a new one and nothing is left of the old.
func TestKillAndRestart(t *testing.T) {
	n := *cycles
	switch {
	case n > 0:
	case os.Getenv("WAFER_TEST_ALL") != "":
		n = 1000
	case testing.Short():
		n = 24
	default:
		n = 100
	}
	r := newRig(t) // which counts what is left
	programs := []native.Program{pull(), server()}
	programs[0].PreStop = true
	var fs []*native.Function
	for _, p := range programs {
		fs = append(fs, r.load(config("HOOKS", "yes").WithMaxInstances(2).WithTimeout(5*time.Second).WithQueue(100, time.Minute), p))
	}
	var wg sync.WaitGroup
	work := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range work {
				restart(t, r, fs[i%len(fs)], i/len(fs))
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	for i, f := range fs {
		if s := f.Stats(); s.Destroyed < int64(n/len(fs)) || s.Waiting != 0 || s.Busy != 0 {
			t.Errorf("function %d: %+v", i, s)
		}
	}
}

// restart ends one instance.
func restart(t *testing.T, r *rig, f *native.Function, way int) {
	fail := func(ctx context.Context, ev runner.Event, kind runner.ErrorKind) {
		_, err := f.Invoke(ctx, ev)
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != kind {
			t.Errorf("%s: error %v, want %v", ev.Payload, err, kind)
		}
	}
	hang := runner.Event{Payload: []byte(`{"do":"hang"}`)}
	switch way % 4 {
	case 0:
		fail(context.Background(), runner.Event{Payload: []byte(`{"do":"exit","n":1}`)}, runner.Exited)
	case 1:
		hang.Deadline = time.Now().Add(200 * time.Millisecond)
		fail(context.Background(), hang, runner.TimedOut)
	case 2:
		ctx, cancel := context.WithCancel(context.Background())
		hang.RequestID = runner.NewRequestID()
		go func() {
			defer cancel()
			for r.logged("FC Invoke Start RequestId: "+hang.RequestID) == 0 {
				time.Sleep(time.Millisecond)
			}
		}()
		fail(ctx, hang, runner.Canceled)
	case 3: // a panic beside the handler; servers take the command for an exit
		fail(context.Background(), runner.Event{Payload: []byte(`{"do":"crash"}`)}, runner.Exited)
	}
}
