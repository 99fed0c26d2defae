package experiment

import (
	"context"
	"fmt"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/subject"
)

const (
	manyFunctions = 500
	// functionsTouch is more memory than the functions may take.
	functionsTouch = 2 << 30
)

// functions fills a process with different functions, of which none has an
// instance.
func functions() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "function-memory", Title: "memory of a distinct function without instances, pages of files left out", Unit: figure.KiB, Target: 1 << 20},
			{Name: "functions-500", Title: "500 distinct functions, likewise", Unit: figure.MiB, Target: 1 << 30},
		},
		About: "500 different functions in one process",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			wasm, err := lab.prepare(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			file, err := lab.path(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			if err := lab.fork(ctx, wasm, manyFunctions); err != nil {
				return nil, err
			}
			lab.Progress("loading %d functions", manyFunctions)
			m, err := functionsOnce(ctx, FunctionsArgs{
				Wasm: file, Cache: lab.cache(), Count: manyFunctions, Touch: functionsTouch,
			})
			if err != nil {
				return nil, err
			}
			return m.outcomes(manyFunctions), nil
		},
	}
}

// fork puts n forks of a prepared function into the cache.
func (l *Lab) fork(ctx context.Context, wasm []byte, n int) error {
	l.Progress("forking the function %d times", n)
	forks, err := subject.NewForks(l.cache(), wasm)
	for i := 0; i < n && err == nil; i++ {
		if err = ctx.Err(); err == nil {
			_, err = forks.Make(i)
		}
	}
	return err
}

func functionsOnce(ctx context.Context, args FunctionsArgs) (FunctionsMemory, error) {
	p, err := child.Start(ctx, "Functions")
	if err != nil {
		return FunctionsMemory{}, err
	}
	var m FunctionsMemory
	err = p.Call("Load", args, &m)
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return m, err
}

// FunctionsMemory is the memory of a process with functions in it.
type FunctionsMemory struct {
	None, All proc.Memory
	Reloaded  int64 // times that code had to be loaded again
}

func (m FunctionsMemory) outcomes(n int) []Outcome {
	facts := []figure.Fact{
		{Name: "held with 500", Unit: figure.MiB, Value: float64(m.All.Held())},
		{Name: "held with none", Unit: figure.MiB, Value: float64(m.None.Held())},
		{Name: "of it snapshots in memory files", Unit: figure.MiB, Value: float64(m.All.MemoryFiles)},
		{Name: "private dirty with 500", Unit: figure.MiB, Value: float64(m.All.PrivateDirty)},
		{Name: "proportional set with 500", Unit: figure.MiB, Value: float64(m.All.Proportional)},
	}
	each := float64(m.All.Held()-m.None.Held()) / float64(n)
	dropped := float64(m.All.Proportional-m.All.Held()) / float64(n)
	note := fmt.Sprintf("and %s of pages of files, code and snapshots, which the kernel may drop", figure.KiB.Format(dropped))
	if m.Reloaded > 0 {
		note += fmt.Sprintf("; %d were not resident any more when they were called", m.Reloaded)
	}
	return []Outcome{
		{Value: each, Facts: facts, Note: note},
		{Value: float64(m.All.Held()), Facts: facts},
	}
}
