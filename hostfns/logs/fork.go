package logs

import "slices"

// Fork returns the log of one of several requests that an instance serves at
// once, until [Recorder.Join]. What the guest prints belongs to the request
// that is the only one; while there are more nobody can say to which, and it
// is logged without a request id.
func (r *Recorder) Fork(requestID string) *Recorder {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	r.begin("")
	f := &Recorder{source: r.source, sink: r.sink, mu: r.mu, parent: r, requestID: requestID}
	r.forks = append(r.forks, f)
	return f
}

// Join ends the log of a request: f is no longer r's.
func (r *Recorder) Join(f *Recorder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if i := slices.Index(r.forks, f); i >= 0 {
		r.forks = slices.Delete(r.forks, i, i+1)
	}
}

// current is whose log the guest's lines belong to.
func (r *Recorder) current() *Recorder {
	if len(r.forks) == 1 {
		return r.forks[0]
	}
	return r
}
