package scenario

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/workload"
	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/runner"
)

// temperatures measures each workload in this process, without a front, and
// beside it the same handler as a native process.
func temperatures(ctx context.Context, s *Suite) error {
	for _, w := range s.Workloads {
		if s.Quick && w.Name != "hello" {
			continue
		}
		if err := s.temperatures(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) temperatures(ctx context.Context, w *workload.Workload) error {
	wasm, err := s.module(ctx, w)
	if err != nil {
		return err
	}
	beside, err := s.nativeTemperatures(ctx, w, wasm)
	if err != nil {
		return fmt.Errorf("scenario: %s as a native process: %w", w.Name, err)
	}
	plain := func(temperature string) string { return temperature }
	if err := s.ladder(ctx, w, wasm, runner.NewFunctionConfig(w.Name), plain, beside); err != nil {
		return fmt.Errorf("scenario: %s: %w", w.Name, err)
	}
	if !w.Initializer || !s.takes(contender.InitName) {
		return nil
	}
	return s.initialized(ctx, w)
}

// initialized measures a handler whose snapshot has its initializer behind it.
func (s *Suite) initialized(ctx context.Context, w *workload.Workload) error {
	wasm, err := s.module(ctx, w)
	if err != nil {
		return err
	}
	if err := s.ladder(ctx, w, wasm, runner.NewFunctionConfig(w.Name).WithSnapshot(runner.SnapshotInit), contender.InitAt, nil); err != nil {
		return fmt.Errorf("scenario: %s with a snapshot after its initializer: %w", w.Name, err)
	}
	return nil
}

// module reads a workload's module.
func (s *Suite) module(ctx context.Context, w *workload.Workload) ([]byte, error) {
	file, err := s.Shop.Module(ctx, w)
	if err != nil {
		return nil, err
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	return wasm, nil
}

// ladder measures every temperature of wafer's and adds a line for each, by the
// name that it has as a subject, followed by one of the lines beside.
func (s *Suite) ladder(ctx context.Context, w *workload.Workload, wasm []byte, cfg runner.FunctionConfig, name func(temperature string) string, beside map[ladder.Temperature]record.Line) error {
	dir, err := s.Shop.TempDir("ladder")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // what is left goes with the workshop
	var steps []ladder.Step
	others, err := watch(func() error {
		var err error
		steps, err = ladder.Measure(ctx, ladder.Options{
			Wasm: wasm, Config: cfg, Dir: dir, Rounds: s.rounds(5, 20), StepTime: 6 * time.Second,
			Call:     func(ctx context.Context, f *runner.Function) error { return call(ctx, f, w) },
			Progress: func(t ladder.Temperature) { s.Progress("temperatures: %s, %s", w.Name, name(string(t))) },
		})
		return err
	})
	if err != nil {
		return err
	}
	for i, step := range steps {
		l := record.Line{Scenario: "temperatures", Contender: name(string(step.Temperature)), Workload: w.Name, X: float64(i + 1), Note: step.Note, Others: others}
		if n := step.Latency.Count(); n > 0 {
			l.Rounds = int(n)
			l.Points = step.Latency.Points()
			l.Values = map[string]float64{
				"p50": float64(step.Latency.Quantile(0.5)), "p90": float64(step.Latency.Quantile(0.9)), "p99": float64(step.Latency.Quantile(0.99)),
			}
		}
		if err := s.Out.Add(l); err != nil {
			return err
		}
		if l, ok := beside[step.Temperature]; ok {
			l.X = float64(i + 1)
			if err := s.Out.Add(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// function is one of this process, of either kind.
type function interface {
	Invoke(context.Context, runner.Event) (*runner.Result, error)
	InvokeHTTP(context.Context, *runner.HTTPRequest, runner.HTTPWriter) (*runner.Result, error)
}

// call sends a workload's request to a function of this process.
func call(ctx context.Context, f function, w *workload.Workload) error {
	if w.Kind == workload.Event {
		res, err := f.Invoke(ctx, runner.Event{Payload: w.Body})
		if err != nil {
			return err
		}
		return w.Check(res.Payload)
	}
	var a answer
	_, err := f.InvokeHTTP(ctx, &runner.HTTPRequest{
		Event: runner.Event{Payload: w.Body}, Method: w.Method, URI: w.Path, Path: pathOf(w.Path), Host: "bench.localhost",
		ClientIP: "127.0.0.1", Protocol: "HTTP/1.1",
	}, &a)
	if err != nil {
		return err
	}
	return w.Check(a.body)
}

func pathOf(uri string) string {
	for i := range len(uri) {
		if uri[i] == '?' {
			return uri[:i]
		}
	}
	return uri
}

// answer keeps the body of an HTTP answer.
type answer struct{ body []byte }

// WriteHead implements [runner.HTTPWriter].
func (a *answer) WriteHead(status int, _ []runner.Header, _ int64) error {
	if status != 200 {
		return fmt.Errorf("scenario: the status is %d", status)
	}
	return nil
}

// Write implements [runner.HTTPWriter].
func (a *answer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}
