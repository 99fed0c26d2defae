// Package sample collects durations and says what is typical of them.
package sample

import (
	"slices"
	"time"
)

// Series is a list of measured durations. The zero value is empty. It is not
// safe for concurrent use.
type Series struct {
	list   []time.Duration
	sorted bool
}

// Add appends a duration.
func (s *Series) Add(d time.Duration) {
	s.list = append(s.list, d)
	s.sorted = false
}

// Time runs f and adds how long it took, unless it fails.
func (s *Series) Time(f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return err
	}
	s.Add(time.Since(start))
	return nil
}

// Len returns how many there are.
func (s *Series) Len() int { return len(s.list) }

// Quantile returns the duration, in seconds, that a share q of all do not
// exceed: 0.5 is the median, 1 the longest. It is 0 when there are none.
func (s *Series) Quantile(q float64) float64 {
	if len(s.list) == 0 {
		return 0
	}
	if !s.sorted {
		slices.Sort(s.list)
		s.sorted = true
	}
	return s.list[min(int(q*float64(len(s.list))), len(s.list)-1)].Seconds()
}

// Median returns the median in seconds.
func (s *Series) Median() float64 { return s.Quantile(0.5) }
