package experiment

import (
	"context"
	"fmt"
	"slices"

	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/plain"
	"github.com/wafer-run/wafer/bench/internal/sample"
)

// metering compares modules with and without the meter. Both are rewritten in
// every other way, and run on the same host.
func metering() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "meter-json", Title: "the meter, JSON handler", Unit: figure.Factor, Target: 1.10},
			{Name: "meter-loop", Title: "the meter, tightest loop", Unit: figure.Factor, Target: 1.4},
		},
		About: "warm invocations with and without the meter",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			json, err := measureMeter(ctx, lab, helloDir, helloEvent, 25)
			if err != nil {
				return nil, err
			}
			loop, err := measureMeter(ctx, lab, loopDir, fmt.Appendf(nil, `{"n":%d}`, loopCount), 1)
			if err != nil {
				return nil, err
			}
			return []Outcome{json, loop}, nil
		},
	}
}

// loopCount is how often the tightest loop goes round: for about a
// millisecond, so that the call around it does not count.
const loopCount = 1_000_000

// measureMeter invokes the function with and without the meter, in batches.
// How fast an instance is depends on where its memory happens to be; so there
// are several, and the result is the median of their ratios.
func measureMeter(ctx context.Context, lab *Lab, dir string, event []byte, batch int) (Outcome, error) {
	host, err := plain.NewHost(ctx, "")
	if err != nil {
		return Outcome{}, err
	}
	defer host.Close(ctx)
	var modules [2]*plain.Module
	for i, skip := range []string{"hoist,globals", "hoist,globals,meter"} {
		wasm, err := lab.function(ctx, dir)
		if err != nil {
			return Outcome{}, err
		}
		if wasm, err = lab.tools.Rewrite(ctx, wasm, skip); err != nil {
			return Outcome{}, err
		}
		lab.Progress("compiling %s without %s", dir, skip)
		if modules[i], err = host.Compile(ctx, wasm); err != nil {
			return Outcome{}, err
		}
	}
	const pairs, rounds = 21, 16
	var ratios, metered, unmetered []float64
	for range pairs {
		a, b, err := measurePair(ctx, modules, event, rounds, batch)
		if err != nil {
			return Outcome{}, err
		}
		ratios, metered, unmetered = append(ratios, a/b), append(metered, a), append(unmetered, b)
	}
	return Outcome{
		Value: sample.Median(ratios),
		Facts: []figure.Fact{
			{Name: "ratio of the best pair", Unit: figure.Factor, Value: slices.Min(ratios)},
			{Name: "ratio of the worst pair", Unit: figure.Factor, Value: slices.Max(ratios)},
			{Name: "metered, p50", Unit: figure.Microseconds, Value: sample.Median(metered)},
			{Name: "unmetered, p50", Unit: figure.Microseconds, Value: sample.Median(unmetered)},
		},
	}, nil
}

// measurePair makes an instance of each module and returns the medians of
// their calls.
func measurePair(ctx context.Context, modules [2]*plain.Module, event []byte, rounds, batch int) (a, b float64, err error) {
	var series [2]sample.Series
	var sides []func() error
	for i, m := range modules {
		in, err := m.Start(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer in.Close()
		call := func() error {
			_, err := in.Invoke(event)
			return err
		}
		if err := sample.Repeat(4*batch, call)(); err != nil { // warm up
			return 0, 0, err
		}
		sides = append(sides, sample.Repeat(batch, func() error { return series[i].Time(call) }))
	}
	err = sample.Interleave(ctx, rounds, sides...)
	return series[0].Median(), series[1].Median(), err
}
