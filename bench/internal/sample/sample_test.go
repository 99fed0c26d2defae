package sample_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/bench/internal/sample"
)

func TestQuantile(t *testing.T) {
	var s sample.Series
	if got := s.Median(); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	for _, ms := range []int{100, 3, 1, 2, 4, 5, 6, 7, 8, 9} {
		s.Add(time.Duration(ms) * time.Second)
	}
	for _, tc := range []struct{ q, want float64 }{{0, 1}, {0.5, 6}, {0.9, 100}, {1, 100}} {
		if got := s.Quantile(tc.q); got != tc.want {
			t.Errorf("quantile %v is %v, want %v", tc.q, got, tc.want)
		}
	}
	s.Add(0)
	if got := s.Quantile(0); got != 0 {
		t.Errorf("after another one the least is %v", got)
	}
}

func TestTimeSkipsFailures(t *testing.T) {
	var s sample.Series
	broken := errors.New("broken")
	if err := s.Time(func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := s.Time(func() error { return nil }); err != nil {
		t.Errorf("error %v", err)
	}
	if s.Len() != 1 {
		t.Errorf("%d durations, want 1", s.Len())
	}
}

func TestMedian(t *testing.T) {
	for _, tc := range []struct {
		list []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}} {
		if got := sample.Median(tc.list); got != tc.want {
			t.Errorf("median of %v is %v", tc.list, got)
		}
	}
}

func TestInterleave(t *testing.T) {
	var order string
	side := func(name string) func() error {
		return func() error { order += name; return nil }
	}
	if err := sample.Interleave(t.Context(), 3, side("A"), sample.Repeat(2, side("b"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("AbbbbAAbb", order); diff != "" {
		t.Error(diff)
	}
}

func TestInterleaveStops(t *testing.T) {
	broken := errors.New("broken")
	runs := 0
	err := sample.Interleave(t.Context(), 5, func() error { runs++; return nil }, func() error { return broken })
	if !errors.Is(err, broken) || runs != 1 {
		t.Errorf("error %v after %d runs", err, runs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	runs = 0
	err = sample.Interleave(ctx, 5, func() error { runs++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || runs != 1 {
		t.Errorf("error %v after %d runs", err, runs)
	}
}
