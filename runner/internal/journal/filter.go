package journal

import "time"

// Filter picks entries. The zero value picks all.
type Filter struct {
	Function  string // name; of FC 2.0 also service$name
	RequestID string
	Since     time.Time
	NoRequest bool // leaves out what became of requests
}

// Match reports whether the filter picks e. That entries are missing concerns
// everybody.
func (f *Filter) Match(e *Entry) bool {
	if e.Time.Before(f.Since) {
		return false
	}
	if e.Type == TypeDropped {
		return true
	}
	return (f.Function == "" || f.Function == e.Function || f.Function == e.Service+"$"+e.Function) &&
		(f.RequestID == "" || f.RequestID == e.RequestID) &&
		!(f.NoRequest && e.Type == TypeRequest)
}
