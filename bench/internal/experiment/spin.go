package experiment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/wafer-run/wafer/runner"
)

// withSpinners keeps every processor busy with a guest that never returns,
// while do runs. f is a function for more of the same.
func withSpinners(ctx context.Context, lab *Lab, do func(ctx context.Context, f *runner.Function) error) error {
	wasm, err := lab.prepare(ctx, loopDir)
	if err != nil {
		return err
	}
	n := runtime.GOMAXPROCS(0)
	cfg := runner.NewFunctionConfig("spin").WithMaxInstances(n + 1).WithTimeout(runner.MaxTimeout)
	return lab.withFunction(ctx, cfg, wasm, func(f *runner.Function) error {
		spinning, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		ended := make(chan error, n)
		for range n {
			wg.Go(func() {
				if _, err := f.Invoke(spinning, runner.Event{Payload: []byte(endless)}); !errors.Is(err, context.Canceled) {
					ended <- fmt.Errorf("experiment: a spinning guest ended by itself: %w", err)
				}
			})
		}
		err := do(ctx, f)
		stop()
		wg.Wait()
		select {
		case early := <-ended:
			return errors.Join(err, early)
		default:
			return err
		}
	})
}

// endless is the event that makes the loop endless.
const endless = `{"n":-1}`
