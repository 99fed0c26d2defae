package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
)

// Front returns the experiments on the front. Their figures are those of the Go
// benchmarks in its package, which other packages cannot import.
func Front() []Experiment { return []Experiment{compareFront(), frontAllocations(), neighbours()} }

const frontDir = "runner/internal/front"

// compareFront puts the same load on the front and on what it is made of.
func compareFront() Experiment {
	const rate = "requests per second, against raw fasthttp: "
	names := []string{"front-event", "front-http", "front-wasm", "net/http"}
	return Experiment{
		Figures: []figure.Spec{
			{Name: "front-event", Title: rate + "the front, events, no guest", Unit: figure.Factor, Target: 0.8, Aim: figure.AtLeast},
			{Name: "front-http", Title: rate + "the front, HTTP, no guest", Unit: figure.Factor, Target: 0.8, Aim: figure.AtLeast},
			{Name: "front-wasm", Title: rate + "the front, events, a trivial handler in WebAssembly", Unit: figure.Factor, Aim: figure.None},
			{Name: "net-http", Title: rate + "net/http by itself", Unit: figure.Factor, Aim: figure.None},
		},
		About: "the front against raw fasthttp, in turns",
		run: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			b, err := lab.goBenchmark(ctx, frontDir, "BenchmarkCompare", "5x", 8)
			if err != nil {
				return nil, err
			}
			var list []Outcome
			for _, name := range names {
				o, err := b.ratio("Compare", name+"/fasthttp")
				if err != nil {
					return nil, err
				}
				for _, of := range []string{name, "fasthttp"} {
					o.Facts = append(o.Facts, figure.Fact{Name: of + ", requests per second", Unit: figure.Count, Value: sample.Median(b.values["Compare"][of+"-req/s"])})
				}
				o.Facts = append(o.Facts, figure.Fact{Name: "the ratio by processor time", Unit: figure.Factor, Value: sample.Median(b.values["Compare"][name+"/fasthttp-by-CPU"])})
				list = append(list, o)
			}
			return list, nil
		},
	}
}

// What the front may allocate for a request.
//
// See RATIONALE.md#what-does-the-front-allocate-per-request
const (
	eventAllocations = 4
	httpAllocations  = 11
)

func frontAllocations() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "allocations-event", Title: "allocations of the front for an event", Unit: figure.Count, Target: eventAllocations},
			{Name: "allocations-http", Title: "allocations of the front for an HTTP request", Unit: figure.Count, Target: httpAllocations},
		},
		About: "what the front allocates",
		run: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			b, err := lab.goBenchmark(ctx, frontDir, "BenchmarkHandler", "10000x", 3)
			if err != nil {
				return nil, err
			}
			var list []Outcome
			for _, name := range []string{"Handler/invoke", "Handler/http"} {
				allocations, err := b.of(name, "allocs/op")
				if err != nil {
					return nil, err
				}
				list = append(list, Outcome{
					Value: slices.Max(allocations),
					Facts: []figure.Fact{{Name: "time of the front, no sockets", Unit: figure.Microseconds, Value: sample.Median(b.values[name]["sec/op"])}},
				})
			}
			return list, nil
		},
	}
}

// neighbours asks what others do to a healthy function.
func neighbours() Experiment {
	return Experiment{
		Figures: []figure.Spec{{
			Name: "neighbours", Title: "p99 of a function beside clients that trickle, functions that sleep and one that never ends, against alone",
			Unit: figure.Factor, Target: 2,
		}},
		About: "a healthy function beside bad neighbours",
		run: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			b, err := lab.goBenchmark(ctx, frontDir, "BenchmarkNeighbours", "1x", 12)
			if err != nil {
				return nil, err
			}
			o, err := b.ratio("Neighbours", "p99-ratio")
			if err != nil {
				return nil, err
			}
			for _, unit := range []string{"alone-p50-µs", "alone-p99-µs", "beside-p50-µs", "beside-p99-µs"} {
				o.Facts = append(o.Facts, figure.Fact{
					Name: strings.TrimSuffix(unit, "-µs"), Unit: figure.Microseconds, Value: sample.Median(b.values["Neighbours"][unit]) / 1e6,
				})
			}
			return []Outcome{o}, nil
		},
	}
}

// benchmarks are the results of Go benchmarks: by name without "Benchmark" and
// the number of processors, and by unit, one value for each run.
type benchmarks struct {
	values map[string]map[string][]float64
}

// goBenchmark runs a benchmark of a package of the tree so many times.
//
// # Errors
//
// That it failed, with what it has said.
func (l *Lab) goBenchmark(ctx context.Context, dir, name, benchtime string, runs int) (*benchmarks, error) {
	program := filepath.Join(l.dir, filepath.Base(dir)+".test")
	if err := l.tools.Run(ctx, l.tools.Root, "go", "test", "-c", "-o", program, "./"+dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", "^"+name+"$", "-test.benchtime", benchtime, "-test.count", fmt.Sprint(runs))
	cmd.Dir = filepath.Join(l.tools.Root, dir)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("experiment: running %s: %w\n%s%s", name, err, &out, &said)
	}
	return readBenchmarks(out.Bytes(), name)
}

func readBenchmarks(text []byte, what string) (*benchmarks, error) {
	b := &benchmarks{map[string]map[string][]float64{}}
	r := benchfmt.NewReader(bytes.NewReader(text), what)
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.Result:
			base, parts := record.Name.Parts()
			name := string(base)
			for _, p := range parts {
				if p[0] != '-' { // the number of processors
					name += string(p)
				}
			}
			if b.values[name] == nil {
				b.values[name] = map[string][]float64{}
			}
			for _, v := range record.Values {
				b.values[name][v.Unit] = append(b.values[name][v.Unit], v.Value)
			}
		case *benchfmt.SyntaxError:
			return nil, fmt.Errorf("experiment: %w", record)
		}
	}
	return b, r.Err()
}

var errNoValue = errors.New("experiment: the benchmark does not say")

// of returns the values of a unit, of which there is at least one.
func (b *benchmarks) of(name, unit string) ([]float64, error) {
	list := b.values[name][unit]
	if len(list) == 0 {
		return nil, fmt.Errorf("%w %s of %s", errNoValue, unit, name)
	}
	return list, nil
}

// ratio returns what the runs come to that have measured a ratio each.
func (b *benchmarks) ratio(name, unit string) (Outcome, error) {
	list, err := b.of(name, unit)
	if err != nil {
		return Outcome{}, err
	}
	r := sample.Of(list)
	return Outcome{Value: r.Value, Low: r.Low, High: r.High}, nil
}
