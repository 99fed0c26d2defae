// Package front measures the front: each experiment yields one or more figures of
// "make bench-front". They are those of the Go benchmarks in its package, which
// other packages cannot import.
//
// It is apart from package experiment because of what it imports: the benchmarks
// themselves have to build with the modules that older revisions require, see
// "make bench-check".
package front

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/sample"
)

// All returns every experiment.
func All() []experiment.Experiment {
	return []experiment.Experiment{compare(), allocations(), neighbours()}
}

const dir = "runner/internal/front"

// compare puts the same load on the front and on what it is made of.
func compare() experiment.Experiment {
	const rate = "requests per second, against raw fasthttp: "
	names := []string{"front-event", "front-http", "front-wasm", "net/http"}
	return experiment.Experiment{
		Figures: []figure.Spec{
			{Name: "front-event", Title: rate + "the front, events, no guest", Unit: figure.Factor, Target: 0.8, Aim: figure.AtLeast},
			{Name: "front-http", Title: rate + "the front, HTTP, no guest", Unit: figure.Factor, Target: 0.8, Aim: figure.AtLeast},
			{Name: "front-wasm", Title: rate + "the front, events, a trivial handler in WebAssembly", Unit: figure.Factor, Aim: figure.None},
			{Name: "net-http", Title: rate + "net/http by itself", Unit: figure.Factor, Aim: figure.None},
		},
		About: "the front against raw fasthttp, in turns",
		Measure: func(ctx context.Context, lab *experiment.Lab) ([]experiment.Outcome, error) {
			b, err := benchmark(ctx, lab, "BenchmarkCompare", "5x", 16)
			if err != nil {
				return nil, err
			}
			var list []experiment.Outcome
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
	httpAllocations  = 5
)

func allocations() experiment.Experiment {
	return experiment.Experiment{
		Figures: []figure.Spec{
			{Name: "allocations-event", Title: "allocations of the front for an event", Unit: figure.Count, Target: eventAllocations},
			{Name: "allocations-http", Title: "allocations of the front for an HTTP request", Unit: figure.Count, Target: httpAllocations},
		},
		About: "what the front allocates",
		Measure: func(ctx context.Context, lab *experiment.Lab) ([]experiment.Outcome, error) {
			b, err := benchmark(ctx, lab, "BenchmarkHandler", "10000x", 3)
			if err != nil {
				return nil, err
			}
			var list []experiment.Outcome
			for _, name := range []string{"Handler/invoke", "Handler/http"} {
				allocations, err := b.of(name, "allocs/op")
				if err != nil {
					return nil, err
				}
				list = append(list, experiment.Outcome{
					Value: slices.Max(allocations),
					Facts: []figure.Fact{{Name: "time of the front, no sockets", Unit: figure.Microseconds, Value: sample.Median(b.values[name]["sec/op"])}},
				})
			}
			return list, nil
		},
	}
}

// neighbours asks what others do to a healthy function.
func neighbours() experiment.Experiment {
	return experiment.Experiment{
		Figures: []figure.Spec{{
			Name: "neighbours", Title: "p99 of a function beside clients that trickle, functions that sleep and one that never ends, against alone",
			Unit: figure.Factor, Target: 2,
		}},
		About: "a healthy function beside bad neighbours",
		Measure: func(ctx context.Context, lab *experiment.Lab) ([]experiment.Outcome, error) {
			b, err := benchmark(ctx, lab, "BenchmarkNeighbours", "1x", 12)
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
			return []experiment.Outcome{o}, nil
		},
	}
}

// benchmarks are the results of Go benchmarks: by name without "Benchmark" and
// the number of processors, and by unit, one value for each run.
type benchmarks struct {
	values map[string]map[string][]float64
}

// benchmark runs one of the front so many times.
func benchmark(ctx context.Context, lab *experiment.Lab, name, benchtime string, runs int) (*benchmarks, error) {
	out, err := lab.GoBenchmark(ctx, dir, name, benchtime, runs)
	if err != nil {
		return nil, err
	}
	return readBenchmarks(out, name)
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
			return nil, fmt.Errorf("front: %w", record)
		}
	}
	return b, r.Err()
}

var errNoValue = errors.New("front: the benchmark does not say")

// of returns the values of a unit, of which there is at least one.
func (b *benchmarks) of(name, unit string) ([]float64, error) {
	list := b.values[name][unit]
	if len(list) == 0 {
		return nil, fmt.Errorf("%w %s of %s", errNoValue, unit, name)
	}
	return list, nil
}

// ratio returns what the runs come to that have measured a ratio each.
func (b *benchmarks) ratio(name, unit string) (experiment.Outcome, error) {
	list, err := b.of(name, unit)
	if err != nil {
		return experiment.Outcome{}, err
	}
	r := sample.Of(list)
	return experiment.Outcome{Value: r.Value, Low: r.Low, High: r.High}, nil
}
