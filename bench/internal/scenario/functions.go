package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/load"
)

// spare is the room on disk that the benchmarks leave.
const spare = 8 << 30

// functions loads more and more different functions into a process and
// measures, at points on the way, what they hold and what a call costs whose
// code is in memory, and one whose code is not.
func functions(ctx context.Context, s *Suite) error {
	return s.functions(ctx, pick(s, []int{1, 10, 50}, []int{1, 10, 100, 300, 1000}))
}

func (s *Suite) functions(ctx context.Context, points []int) (err error) {
	f, err := s.forks(ctx, points[len(points)-1])
	if err != nil {
		return err
	}
	p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	var none proc.Memory
	if err := p.Call("Memory", struct{}{}, &none); err != nil {
		return err
	}
	for _, n := range points {
		if n > f.n {
			return s.Out.Add(record.Line{Scenario: "functions", X: float64(n), Note: f.note})
		}
		s.Progress("functions: %d", n)
		line := record.Line{Scenario: "functions", Contender: "wafer", Workload: "hello", X: float64(n)}
		line.Others, err = watch(func() error {
			var err error
			line.Values, err = grown(p, n, none)
			return err
		}, p.PID())
		if err != nil {
			return err
		}
		if err := s.Out.Add(line); err != nil {
			return err
		}
	}
	s.forked.booted = true
	return nil
}

// open starts a child that can load the functions.
func (f *forkSet) open(ctx context.Context) (*child.Process, error) {
	p, err := child.Start(ctx, "Growth")
	if err != nil {
		return nil, err
	}
	if err := p.Call("Open", GrowthArgs{Wasm: f.module, Cache: f.cache}, &struct{}{}); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// boot has each function's snapshot made, if it has none.
func (s *Suite) boot(ctx context.Context, f *forkSet) error {
	if f.booted {
		return nil
	}
	s.Progress("booting %d functions", f.n)
	p, err := f.open(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(p.Call("Grow", f.n, &GrowthStats{}), p.Close()); err != nil {
		return err
	}
	s.forked.booted = true
	return nil
}

// grown loads functions until there are n, and measures.
func grown(p *child.Process, n int, none proc.Memory) (map[string]float64, error) {
	var stats GrowthStats
	if err := p.Call("Grow", n, &stats); err != nil {
		return nil, err
	}
	var now proc.Memory
	if err := p.Call("Memory", struct{}{}, &now); err != nil {
		return nil, err
	}
	tree, err := proc.ReadTree(p.PID())
	if err != nil {
		return nil, err
	}
	values := map[string]float64{
		"held": float64(now.Held() - none.Held()), "each": float64(now.Held()-none.Held()) / float64(n), "pss": float64(now.Proportional),
		"mappings": float64(tree.Mappings), "descriptors": float64(tree.Descriptors), "resident": float64(stats.Resident),
	}
	add := func(name string, l *load.Latency) {
		values[name], values[name+"P99"] = float64(l.Quantile(0.5)), float64(l.Quantile(0.99))
	}
	for name, method := range map[string]string{"warm": "Warm", "new": "New"} {
		l, err := latencies(p, method, 100)
		if err != nil {
			return nil, err
		}
		add(name, l)
	}
	var cold ReloadStats
	if err := p.Call("Reload", 100, &cold); err != nil {
		return nil, err
	}
	add("reload", distribution(cold.Took))
	values["codeBudget"], values["kept"] = float64(cold.Budget), float64(cold.Resident)
	return values, nil
}

// forkSet is a cache in which different functions have been prepared.
type forkSet struct {
	module, cache string
	n             int    // how many there are
	note          string // why there are not more
	booted        bool   // all have their snapshots
}

// forks prepares n different functions, or takes those that an earlier scenario
// had prepared. They are made from one, since compiling them all takes most of
// an hour; see [subject.Forks]. They stay until the workshop is removed.
func (s *Suite) forks(ctx context.Context, n int) (*forkSet, error) {
	if s.forked == nil || s.forked.note == "" && s.forked.n < n {
		f, err := s.fork(ctx, n)
		if err != nil {
			return nil, err
		}
		s.forked = f
	}
	f := *s.forked
	f.n = min(f.n, n)
	return &f, nil
}

func (s *Suite) fork(ctx context.Context, n int) (*forkSet, error) {
	w := workload.Hello()
	f := &forkSet{n: n}
	var err error
	if f.module, err = s.Shop.Module(ctx, w); err != nil {
		return nil, err
	}
	if f.cache, err = s.Shop.TempDir("forks"); err != nil {
		return nil, err
	}
	s.Progress("preparing %d functions", n)
	if err := s.Shop.Prepare(ctx, f.module, f.cache); err != nil {
		return nil, err
	}
	size, free, err := room(f.cache)
	if err != nil {
		return nil, err
	}
	if most := int((free - spare) / size); most < n {
		f.n = max(most, 1)
		f.note = fmt.Sprintf("%d functions need %d MB on disk, there is room for %d", n, int64(n)*size>>20, f.n)
	}
	wasm, err := os.ReadFile(f.module)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	forks, err := subject.NewForks(f.cache, wasm)
	if err != nil {
		return nil, err
	}
	for i := range f.n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := forks.Make(i); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// room returns how many bytes the files in a directory have, and how many are
// free where it is.
func room(dir string) (size, free int64, err error) {
	err = walk(dir, func(info os.FileInfo) { size += info.Size() })
	if err != nil {
		return 0, 0, err
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, fmt.Errorf("scenario: %s: %w", dir, err)
	}
	return max(size, 1), int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // another type elsewhere
}

func walk(dir string, do func(os.FileInfo)) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		if !e.IsDir() {
			do(info)
		} else if err := walk(dir+"/"+e.Name(), do); err != nil {
			return err
		}
	}
	return nil
}
