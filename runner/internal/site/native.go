package site

import (
	"context"
	"sync"

	"github.com/wafer-run/wafer/runner/native"
)

// nativeRuntime is the runtime of native programs. It is made for the first of
// them: not every system can run one.
type nativeRuntime struct {
	cfg Config

	mu      sync.Mutex
	runtime *native.Runtime
}

func (n *nativeRuntime) get() (*native.Runtime, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.runtime != nil {
		return n.runtime, nil
	}
	rt, err := native.New(native.Config{LogSink: n.cfg.LogSink, Taken: n.cfg.Taken})
	if err != nil {
		return nil, err
	}
	n.runtime = rt
	n.cfg.Progress("native programs", rt.Containment())
	return rt, nil
}

func (n *nativeRuntime) close(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.runtime == nil {
		return nil
	}
	return n.runtime.Close(ctx)
}
