package experiment

import (
	"context"
	"os"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

// restart measures how soon a new process answers with a function that an
// earlier one has prepared.
func restart() Experiment {
	return Experiment{
		Figures: []figure.Spec{{Name: "restart", Title: "restart to first answer, in process", Unit: figure.Milliseconds, Target: 0.035}},
		About:   "from runner.New in a new process to the first response of a prepared function",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			if _, err := lab.prepare(ctx, helloDir); err != nil {
				return nil, err
			}
			file, err := lab.path(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			var total, start, load, invoke sample.Series
			err = sample.Interleave(ctx, 25, func() error {
				t, err := restartOnce(ctx, RestartArgs{Wasm: file, Cache: lab.cache()})
				total.Add(t.Total)
				start.Add(t.New)
				load.Add(t.Load)
				invoke.Add(t.Invoke)
				return err
			})
			if err != nil {
				return nil, err
			}
			return []Outcome{{
				Value: total.Median(),
				Facts: []figure.Fact{
					{Name: "runner.New, p50", Unit: figure.Milliseconds, Value: start.Median()},
					{Name: "Load, p50", Unit: figure.Milliseconds, Value: load.Median()},
					{Name: "first Invoke, p50", Unit: figure.Milliseconds, Value: invoke.Median()},
					{Name: "all, longest of 25", Unit: figure.Milliseconds, Value: total.Quantile(1)},
				},
			}}, nil
		},
	}
}

func restartOnce(ctx context.Context, args RestartArgs) (RestartTimes, error) {
	p, err := child.Start(ctx, "Restart")
	if err != nil {
		return RestartTimes{}, err
	}
	var t RestartTimes
	err = p.Call("Run", args, &t)
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return t, err
}

// Restart is what a child does for it.
type Restart struct{}

// RestartArgs says where the module and the prepared code are.
type RestartArgs struct{ Wasm, Cache string }

// RestartTimes are the steps and their sum.
type RestartTimes struct{ New, Load, Invoke, Total time.Duration }

// Run reads the module, and then starts a runner and has it answer once.
func (*Restart) Run(args RestartArgs, reply *RestartTimes) error {
	ctx := context.Background()
	wasm, err := os.ReadFile(args.Wasm)
	if err != nil {
		return err
	}
	begin := time.Now()
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(args.Cache))
	if err != nil {
		return err
	}
	made := time.Now()
	f, err := r.Load(ctx, runner.NewFunctionConfig("prepare"), wasm)
	if err != nil {
		return err
	}
	loaded := time.Now()
	if _, err := hello(ctx, f); err != nil {
		return err
	}
	end := time.Now()
	*reply = RestartTimes{New: made.Sub(begin), Load: loaded.Sub(made), Invoke: end.Sub(loaded), Total: end.Sub(begin)}
	return r.Close(ctx)
}
