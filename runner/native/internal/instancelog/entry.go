package instancelog

import (
	"slices"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// maxSpare is how many recorders a log keeps for later invocations.
const maxSpare = 4

// Entry is the log of one invocation. It belongs to the goroutine that runs the
// invocation.
type Entry struct {
	log  *Log
	id   string
	rec  *logs.Recorder
	open bool // between a Start and an End line
}

// Restart forgets what was logged until now.
func (e *Entry) Restart() {
	e.log.sync()
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.rec.Flush()
	e.rec.Begin(e.id)
}

// Start writes the Start line of a phase. What the program prints belongs to
// the entry from here to the End line.
func (e *Entry) Start(p logs.Phase) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.rec.Start(p)
	e.open = true
}

// End writes the End line of a phase, after all that the program printed.
// reason is empty after success.
func (e *Entry) End(p logs.Phase, reason string) {
	e.log.sync()
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.cut()
	e.rec.End(p, reason)
	e.open = false
}

// Host writes lines of wafer's own.
func (e *Entry) Host(text string) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.rec.Host(text)
}

// Tail returns the end of the log.
func (e *Entry) Tail() []byte {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	return slices.Clone(e.rec.Tail())
}

// Close ends the entry. What the program prints from now on belongs to others.
func (e *Entry) Close() {
	j := e.log
	j.sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.Index(j.running, e)
	if i < 0 {
		return
	}
	j.running = slices.Delete(j.running, i, i+1)
	e.rec.Flush()
	e.rec.Begin("")
	if len(j.spare) < maxSpare {
		j.spare = append(j.spare, e.rec)
	}
}

// cut ends lines that the program left without a newline, if they can be
// nobody else's.
func (e *Entry) cut() {
	if len(e.log.running) == 1 {
		e.log.out.cut(e.rec)
		e.log.err.cut(e.rec)
	}
}
