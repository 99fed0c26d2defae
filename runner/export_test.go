package runner

import (
	"bytes"
	"context"
	"time"
)

// Memories returns copies of the linear memories of f's idle instances.
func Memories(f *Function) [][]byte {
	var all [][]byte
	var taken []*instance
	for range f.pool.Stats().Idle {
		in, _, err := f.pool.Get(context.Background())
		if err != nil {
			break
		}
		taken = append(taken, in)
		all = append(all, bytes.Clone(in.eng.Memory()))
	}
	for _, in := range taken {
		f.pool.Put(in)
	}
	return all
}

// AdvanceStoredClocks moves the clocks of f's stored snapshot forward, and
// returns what they show then.
func AdvanceStoredClocks(f *Function, by time.Duration) (monotonic, wall int64, err error) {
	st := f.runner.snapshots
	s, err := st.Load(f.snapKey, f.module.Globals(), uint64(f.cfg.memory)<<20)
	if err != nil {
		return 0, 0, err
	}
	s.Clocks.Monotonic += int64(by)
	s.Clocks.Wall += int64(by)
	s, err = st.Save(f.snapKey, s)
	monotonic, wall = s.Clocks.Monotonic, s.Clocks.Wall
	s.Close() // it is there also when it was not saved
	return monotonic, wall, err
}

// NextMemory returns a copy of the linear memory that f's next invocation
// begins with.
func NextMemory(f *Function) ([]byte, error) {
	in, _, err := f.pool.Get(context.Background())
	if err != nil {
		return nil, err
	}
	mem := bytes.Clone(in.eng.Memory())
	f.charge(in)
	f.pool.Put(in)
	f.runner.reclaim()
	return mem, nil
}
