package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range that is told apart; what lies beyond counts as the end of it.
const (
	shortest = int64(100)         // nanoseconds
	longest  = int64(time.Minute) //
	digits   = 3                  // significant ones
)

// Latency is a distribution of durations. It is not safe for concurrent use.
type Latency struct{ h *hdrhistogram.Histogram }

// NewLatency returns an empty one.
func NewLatency() *Latency { return &Latency{hdrhistogram.New(shortest, longest, digits)} }

// Add counts one.
func (l *Latency) Add(d time.Duration) {
	// It is in range, and so cannot fail.
	_ = l.h.RecordValue(min(max(int64(d), shortest), longest))
}

// Merge adds all of another one.
func (l *Latency) Merge(other *Latency) { l.h.Merge(other.h) }

// Count returns how many there are.
func (l *Latency) Count() int64 { return l.h.TotalCount() }

// Quantile returns what a share q of all do not exceed: 0.5 is the median.
func (l *Latency) Quantile(q float64) time.Duration {
	return time.Duration(l.h.ValueAtQuantile(100 * q))
}

// Mean returns the mean.
func (l *Latency) Mean() time.Duration { return time.Duration(l.h.Mean()) }

// Max returns the longest.
func (l *Latency) Max() time.Duration { return time.Duration(l.h.Max()) }

// Point is one point of a distribution.
type Point struct {
	Quantile float64       `json:"q"`
	Value    time.Duration `json:"ns"`
}

// Points returns the distribution, densest at its upper end.
func (l *Latency) Points() []Point {
	var ps []Point
	for _, q := range []float64{
		0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99,
		0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999, 1,
	} {
		ps = append(ps, Point{q, l.Quantile(q)})
	}
	return ps
}
