package runner

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/wafer-run/wafer/runner/internal/memory"
)

// budget counts the memory that instances hold, and has idle ones destroyed
// when it is too much.
type budget struct {
	limit    int64 // bytes, 0 for none
	used     atomic.Int64
	evicting atomic.Bool
}

// hostOverhead is what an instance costs on the host beside its memory: the
// engine's structures, the log, the frames.
const hostOverhead = 12 << 10

// charge updates what in is counted for. The pages that it shares with the
// snapshot cost nothing; of the others it is charged for those that the first
// instance wrote to, and all that it grew by.
func (f *Function) charge(in *instance) {
	if f.runner.memory.limit == 0 || in.eng == nil {
		return
	}
	cost := int64(in.memorySize()) + hostOverhead
	if packed := in.eng.PackedSize(); packed > 0 {
		cost = int64(packed) + hostOverhead
	} else if f.snap != nil {
		cost -= int64(f.snap.Image.Size())
		if w := f.working.Load(); w != nil {
			cost += int64(len(w.Written)) * memory.PageSize
		}
	}
	f.runner.memory.used.Add(cost - in.cost)
	in.cost = cost
}

// discharge forgets an instance that is gone.
func (f *Function) discharge(in *instance) {
	f.runner.memory.used.Add(-in.cost)
	in.cost = 0
}

// reclaim destroys idle instances until the budget holds again, beginning with
// the function that was used least recently.
func (r *Runner) reclaim() {
	b := &r.memory
	if b.limit == 0 || b.used.Load() <= b.limit || !b.evicting.CompareAndSwap(false, true) {
		return
	}
	defer b.evicting.Store(false)
	r.mu.Lock()
	fs := make([]*Function, 0, len(r.functions))
	for f := range r.functions {
		fs = append(fs, f)
	}
	r.mu.Unlock()
	slices.SortFunc(fs, func(a, b *Function) int { return int(a.lastUsed.Load() - b.lastUsed.Load()) })
	for _, f := range fs {
		for b.used.Load() > b.limit {
			if f.pool.Evict(1) == 0 {
				break
			}
		}
	}
}

// touch notes that the function is in use.
func (f *Function) touch(now time.Time) { f.lastUsed.Store(now.UnixNano()) }
