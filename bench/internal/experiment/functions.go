package experiment

import (
	"context"
	"errors"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

func functions() Experiment {
	return Experiment{
		Figures: []figure.Spec{
			{Name: "function-memory", Unit: figure.MiB, Target: 1 << 20},
			{Name: "functions-500", Unit: figure.GiB, Target: 1 << 30},
		},
		About: "500 different functions in one process",
		run: func(context.Context, *Lab) ([]Outcome, error) {
			return nil, errors.New("not yet")
		},
	}
}

type Functions struct{}

func (*Functions) Open(_ struct{}, _ *struct{}) error { return nil }
