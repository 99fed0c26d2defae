package experiment

import (
	"context"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/runner"
)

const (
	fewInstances  = 50
	manyInstances = 10_000
	// instancesTouch is more memory than the instances may take.
	instancesTouch = 3 << 30
)

// instances fills a process with instances of one function.
func instances() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "instance-memory", Title: "memory of an idle instance", Unit: figure.KiB, Target: 160 << 10},
			{Name: "instances-10000", Title: "10,000 live instances", Unit: figure.GiB, Target: 2 << 30},
			{Name: "cold-at-10000", Title: "a new instance beside 10,000, against beside 10", Unit: figure.Factor, Target: 2},
		},
		About: "10,000 instances in one process",
		Measure: func(ctx context.Context, lab *Lab) ([]Outcome, error) {
			if _, err := lab.prepare(ctx, helloDir); err != nil {
				return nil, err
			}
			file, err := lab.path(ctx, helloDir)
			if err != nil {
				return nil, err
			}
			few, err := openCrowd(ctx, OpenArgs{Wasm: file, Cache: lab.cache(), Max: fewInstances})
			if err != nil {
				return nil, err
			}
			defer few.Close()
			many, err := openCrowd(ctx, OpenArgs{Wasm: file, Cache: lab.cache(), Max: manyInstances, Touch: instancesTouch, Rest: runner.DefaultRestTime})
			if err != nil {
				return nil, err
			}
			defer many.Close()
			return measureInstances(ctx, lab, few, many)
		},
	}
}

// crowd is a child with instances in it.
type crowd struct {
	*child.Process
	n      int
	before proc.Memory // without them
	after  proc.Memory
	new    float64 // seconds until the first answer of one, in memory that none had before
}

func openCrowd(ctx context.Context, args OpenArgs) (*crowd, error) {
	p, err := child.Start(ctx, "Instances")
	if err != nil {
		return nil, err
	}
	c := &crowd{Process: p, n: args.Max}
	if err := p.Call("Open", args, &c.before); err != nil {
		_ = p.Close()
		return nil, err
	}
	return c, nil
}

// fill makes the instances, has each answer a second time, lets them rest, and
// settles.
func (c *crowd) fill() error {
	for i, want := range []int{c.n, 0} {
		var a Answers
		if err := c.Call("Answer", c.n, &a); err != nil {
			return err
		}
		if a.Made != want {
			return fmt.Errorf("experiment: round %d of %d invocations made %d instances, want %d", i+1, c.n, a.Made, want)
		}
		if i == 0 {
			c.new = a.Median
		}
	}
	if err := c.Call("Rest", struct{}{}, &struct{}{}); err != nil {
		return err
	}
	if err := c.Call("Memory", struct{}{}, &c.after); err != nil {
		return err
	}
	return c.Call("Settle", struct{}{}, &struct{}{})
}

// fresh adds the times of some new instances.
func (c *crowd) fresh(s *sample.Series) error {
	var took []time.Duration
	if err := c.Call("New", 4, &took); err != nil {
		return err
	}
	for _, d := range took {
		s.Add(d)
	}
	return nil
}

func measureInstances(ctx context.Context, lab *Lab, few, many *crowd) ([]Outcome, error) {
	for _, c := range []*crowd{few, many} {
		lab.Progress("making %d instances", c.n)
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
	lab.Progress("making new ones beside %d and %d", few.n, many.n)
	var atFew, atMany sample.Series
	err := sample.Interleave(ctx, 150,
		func() error { return few.fresh(&atFew) },
		func() error { return many.fresh(&atMany) },
	)
	if err != nil {
		return nil, err
	}
	held := float64(many.after.Held() - many.before.Held())
	awake := float64(few.after.Held()-few.before.Held()) / float64(few.n)
	resting := held / float64(many.n)
	memory := []figure.Fact{
		{Name: "each of 50", Unit: figure.KiB, Value: awake},
		{Name: "each of 10,000 that rest", Unit: figure.KiB, Value: resting},
		{Name: "held with 10,000", Unit: figure.MiB, Value: float64(many.after.Held())},
		{Name: "held with none", Unit: figure.MiB, Value: float64(many.before.Held())},
		{Name: "private dirty with 10,000", Unit: figure.MiB, Value: float64(many.after.PrivateDirty)},
		{Name: "proportional set with 10,000", Unit: figure.MiB, Value: float64(many.after.Proportional)},
	}
	return []Outcome{
		{Value: awake, Facts: memory, Note: fmt.Sprintf("%s once it rests, after %v of idleness", figure.KiB.Format(resting), runner.DefaultRestTime)},
		{Value: float64(many.after.Proportional), Facts: memory},
		{Value: atMany.Median() / atFew.Median(), Facts: []figure.Fact{
			{Name: "one of 50 at once, p50", Unit: figure.Microseconds, Value: few.new},
			{Name: "one of 10,000 at once, p50", Unit: figure.Microseconds, Value: many.new},
			{Name: "at 50, p50", Unit: figure.Microseconds, Value: atFew.Median()},
			{Name: "at 10,000, p50", Unit: figure.Microseconds, Value: atMany.Median()},
			{Name: "at 10,000, p99", Unit: figure.Microseconds, Value: atMany.Quantile(0.99)},
		}},
	}, nil
}
