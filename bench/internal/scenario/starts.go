package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// starts starts each contender again and again, in turns, and measures how long
// it takes from the start of its process to its first answer.
func starts(ctx context.Context, s *Suite) error {
	for _, w := range pick(s, []*workload.Workload{workload.Hello()}, []*workload.Workload{workload.Hello(), workload.Named("web"), workload.Named("warmup")}) {
		if err := s.starts(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) starts(ctx context.Context, w *workload.Workload) error {
	rounds := s.rounds(2, 8)
	series := map[string][]float64{}
	notes := map[string]string{}
	var list []*contender.Contender
	var turns []func() error
	for _, c := range append(s.Contenders[:len(s.Contenders):len(s.Contenders)], contender.Deploy()) {
		if c.Name == "wafer-isolated" {
			continue // starts like wafer
		}
		list = append(list, c)
		round := 0
		turns = append(turns, func() error {
			round++
			if notes[c.Name] != "" || c.Name == "deploy" && round > max(1, rounds/3) {
				return nil
			}
			took, err := s.startOnce(ctx, c, w)
			var missing *contender.Unavailable
			switch {
			case errors.Is(err, contender.ErrUnsuited):
				notes[c.Name] = "unsuited"
			case errors.As(err, &missing):
				notes[c.Name] = firstLine(missing)
			case err != nil:
				return fmt.Errorf("scenario: starting %s: %w", c.Label, err)
			default:
				series[c.Name] = append(series[c.Name], float64(took))
			}
			return nil
		})
	}
	s.Progress("starts: %s, %d rounds over %d contenders", w.Name, rounds, len(list))
	others, err := watch(func() error { return sample.Interleave(ctx, rounds, turns...) })
	if err != nil {
		return err
	}
	base := list[0].Name
	for _, c := range list {
		if notes[c.Name] == "unsuited" {
			continue
		}
		l := record.Line{Scenario: "starts", Contender: c.Name, Workload: w.Name, Rounds: len(series[c.Name]), Note: notes[c.Name], Others: others}
		if l.Rounds > 0 {
			l.Values = map[string]float64{"first": sample.Median(series[c.Name])}
			l.Series = map[string][]float64{"first": series[c.Name]}
			if c.Name != base {
				l.Base, l.Ratios = base, map[string]sample.Ratio{"first": sample.Compare(series[c.Name], series[base])}
			}
		}
		if err := s.Out.Add(l); err != nil {
			return err
		}
	}
	return nil
}

// startOnce starts a contender, and ends it once it has answered.
func (s *Suite) startOnce(ctx context.Context, c *contender.Contender, w *workload.Workload) (time.Duration, error) {
	e, err := c.Start(ctx, s.Shop, w)
	if err != nil {
		return 0, err
	}
	return e.First, e.Close()
}
