package load

import "time"

// Result is what a load came to.
type Result struct {
	Latency *Latency
	Took    time.Duration // from the first request to the last answer
	Failed  int64
	Err     error // the first failure
}

// Rate returns how many requests were answered per second.
func (r *Result) Rate() float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(r.Latency.Count()) / r.Took.Seconds()
}

// share is one worker's part of a result.
type share struct {
	latency *Latency
	failed  int64
	err     error
}

// add counts one request.
func (s *share) add(d time.Duration, err error) {
	if err == nil {
		s.latency.Add(d)
		return
	}
	s.failed++
	if s.err == nil {
		s.err = err
	}
}

// total adds the shares up.
func total(shares []share, took time.Duration) *Result {
	r := &Result{Latency: NewLatency(), Took: took}
	for i := range shares {
		r.Latency.Merge(shares[i].latency)
		r.Failed += shares[i].failed
		if r.Err == nil {
			r.Err = shares[i].err
		}
	}
	return r
}
