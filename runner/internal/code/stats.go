package code

import "time"

// Stats counts what a store has done, and says what it holds.
type Stats struct {
	Modules  int   // distinct codes that somebody may acquire
	Resident int   // of them in memory
	Held     int   // of them in use
	Bytes    int64 // private memory of resident code, estimated
	Mapped   int64 // bytes of machine code that are mapped from files

	Hits      int64 // acquired while resident
	Waits     int64 // acquired by waiting for a load
	Loads     int64 // made resident
	Failures  int64 // loads that failed
	Plain     int64 // loads in the ordinary way
	Builds    int64 // compiled to a file
	Evictions int64
	LoadTime  time.Duration // of all loads, with builds that they had to do
}

// Stats returns the counters as they are now.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Modules = len(s.entries)
	return st
}

func (s *Store) count(f func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.stats)
}
