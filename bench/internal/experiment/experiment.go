// Package experiment measures the engine: each [Experiment] yields one or more
// figures of "make bench-engine".
//
// Ratios have both sides measured in one run, in turns. What needs a process
// of its own, because it fills memory or begins with starting one, runs in a
// child; see [Services].
package experiment

import (
	"context"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

// Experiment measures some figures that belong together.
type Experiment struct {
	// Figures are what it yields, in this order.
	Figures []figure.Spec
	// About says what happens, for who waits for it.
	About string
	// Measure returns one outcome per figure.
	Measure func(context.Context, *Lab) ([]Outcome, error)
}

// Outcome is the measured part of a figure.
type Outcome struct {
	Value float64 // in base units
	// Low and High are its interval with a confidence of 95 %, both 0 where it
	// is not known.
	Low, High float64
	Facts     []figure.Fact
	Note      string
}

// All returns every experiment on the engine, in the order they are best run in: what wants
// a quiet machine first, what fills it last.
func All() []Experiment {
	return []Experiment{
		coldStart(), requestIsolation(), metering(), kill(), timer(),
		load(), restart(), rewriting(), instances(), functions(),
	}
}

// Services are what children of this program can do.
func Services() map[string]any {
	return map[string]any{
		"Instances":       &Instances{},
		"NativeInstances": &NativeInstances{},
		"Functions":       &Functions{},
		"Restart":         &Restart{},
	}
}
