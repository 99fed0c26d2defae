package sample_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/sample"
)

func TestCompare(t *testing.T) {
	r := sample.Compare([]float64{2, 20, 200, 0}, []float64{1, 10, 100, 5})
	if math.Abs(r.Value-2) > 1e-9 || math.Abs(r.Low-2) > 1e-9 || math.Abs(r.High-2) > 1e-9 {
		t.Errorf("%+v, want 2 exactly: the machine drifted, the ratio did not", r)
	}
	if r := sample.Compare([]float64{3}, []float64{1}); math.Abs(r.Value-3) > 1e-9 || r.Low != 0 || r.High != math.MaxFloat64 {
		t.Errorf("one round: %+v", r)
	}
	if r := sample.Compare(nil, nil); r.Value != 0 || r.Low != 0 {
		t.Errorf("no round: %+v", r)
	}
}

func TestInverse(t *testing.T) {
	for _, tc := range []struct{ a, b sample.Ratio }{
		{sample.Ratio{Value: 2, Low: 1.6, High: 2.5}, sample.Ratio{Value: 0.5, Low: 0.4, High: 0.625}},
		{sample.Ratio{Value: 4, High: math.MaxFloat64}, sample.Ratio{Value: 0.25, High: math.MaxFloat64}},
	} {
		if got := tc.a.Inverse(); got != tc.b {
			t.Errorf("1/%+v is %+v, want %+v", tc.a, got, tc.b)
		}
		if got := tc.b.Inverse(); got != tc.a {
			t.Errorf("1/%+v is %+v, want %+v", tc.b, got, tc.a)
		}
	}
}

// The interval holds the truth about 95 times in a hundred.
func TestCompareCovers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const tries, truth = 2000, 1.3
	for _, rounds := range []int{5, 40} {
		held := 0
		for range tries {
			a, b := make([]float64, rounds), make([]float64, rounds)
			for i := range a {
				b[i] = math.Exp(random.NormFloat64())
				a[i] = b[i] * truth * math.Exp(0.1*random.NormFloat64())
			}
			if r := sample.Compare(a, b); r.Low <= truth && truth <= r.High {
				held++
			}
		}
		if share := float64(held) / tries; share < 0.93 || share > 0.97 {
			t.Errorf("%d rounds: the interval held the truth in %.1f %% of all tries, want 95 %%", rounds, 100*share)
		}
	}
}
