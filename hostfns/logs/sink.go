package logs

import "time"

// Stream says where a line came from.
type Stream uint8

const (
	// Host lines are wafer's own: Start, End, errors.
	Host Stream = iota
	// Stdout lines were printed by the guest.
	Stdout
	// Stderr lines were printed by the guest.
	Stderr
	// Records were written through the log capability.
	Records
)

var streamNames = [...]string{"host", "stdout", "stderr", "record"}

// String returns host, stdout, stderr or record.
func (s Stream) String() string { return streamNames[s] }

// Source says whose log a line belongs to.
type Source struct {
	Service    string // of a function of FC 2.0
	Function   string
	Qualifier  string
	Version    string
	InstanceID string // empty for what no instance printed
}

// Line is one line of a function's log.
type Line struct {
	Time time.Time
	Source
	RequestID string // empty for what is printed outside of any request
	Stream    Stream
	Text      []byte // without the newline; valid only during the call
}

// Sink gets every line of a function's log as it ends. It is called from many
// goroutines at once, in the middle of a call: it should not block, since the
// guest waits for it, and must not switch coroutines (iter.Pull).
type Sink func(Line)
