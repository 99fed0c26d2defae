package sample

import "math"

// Ratio is how many times as much one side was as the other, with the interval
// that holds the true value with a confidence of 95 %.
type Ratio struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Compare returns a/b of two sides that were measured in turns: a[i] and b[i]
// are of the same round. What drifted from round to round cancels out. The
// value is the geometric mean; the interval is Student's over the logarithms.
//
// Rounds in which a side is 0 are left out. With less than two rounds the
// interval is everything.
func Compare(a, b []float64) Ratio {
	var ratios []float64
	for i := range min(len(a), len(b)) {
		if a[i] > 0 && b[i] > 0 {
			ratios = append(ratios, a[i]/b[i])
		}
	}
	return Of(ratios)
}

// Of returns the ratio that some rounds come to, each of which has given one:
// see [Compare].
func Of(rounds []float64) Ratio {
	var logs []float64
	for _, r := range rounds {
		if r > 0 {
			logs = append(logs, math.Log(r))
		}
	}
	n := float64(len(logs))
	if n == 0 {
		return Ratio{High: math.MaxFloat64}
	}
	var sum, squares float64
	for _, l := range logs {
		sum += l
	}
	mean := sum / n
	if n < 2 {
		return Ratio{Value: math.Exp(mean), High: math.MaxFloat64}
	}
	for _, l := range logs {
		squares += (l - mean) * (l - mean)
	}
	half := student(len(logs)-1) * math.Sqrt(squares/(n-1)/n)
	return Ratio{Value: math.Exp(mean), Low: math.Exp(mean - half), High: math.Exp(mean + half)}
}

// Inverse returns b/a.
func (r Ratio) Inverse() Ratio {
	inverse := func(v float64) float64 {
		switch {
		case v <= 0:
			return math.MaxFloat64
		case v == math.MaxFloat64:
			return 0
		}
		return 1 / v
	}
	return Ratio{Value: inverse(r.Value), Low: inverse(r.High), High: inverse(r.Low)}
}

// student is the two-sided 95 % quantile of Student's t distribution.
func student(freedom int) float64 {
	table := [...]float64{
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	}
	if freedom <= len(table) {
		return table[freedom-1]
	}
	return 1.96 + 2.5/float64(freedom) // within 0.3 % from there on
}
