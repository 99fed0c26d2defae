package runtimeapi

import "slices"

// Pending is an invocation on its way.
type Pending struct {
	server *Server
	inv    Invocation
	answer chan Answer // of one
	// reading is full while an answer is read.
	reading chan struct{}
	// Guarded by the server's lock.
	delivered bool
}

// Answer gives the answer when it has come.
func (p *Pending) Answer() <-chan Answer { return p.answer }

// Forget gives the invocation up: an answer is no longer wanted.
func (p *Pending) Forget() {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[p.inv.ID] == p {
		delete(s.running, p.inv.ID)
	}
	if i := slices.Index(s.queue, p); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
	}
}
