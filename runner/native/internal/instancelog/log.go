package instancelog

import (
	"bytes"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// Log is safe for concurrent use.
type Log struct {
	source   logs.Source
	sink     logs.Sink
	out, err *pipe

	mu      sync.Mutex
	loose   *logs.Recorder // of what belongs to no invocation
	said    int            // bytes of that since it was last begun
	running []*Entry
	spare   []*logs.Recorder
}

// New makes the log of a program, which is the source of its lines, that writes
// to the two files. Close those once it has started, and the log when it has
// ended.
func New(source logs.Source, sink logs.Sink) (j *Log, stdout, stderr *os.File, err error) {
	j = &Log{source: source, sink: sink, loose: logs.NewFrom(source, sink)}
	if j.out, stdout, err = newPipe(j, logs.Stdout); err != nil {
		return nil, nil, nil, err
	}
	if j.err, stderr, err = newPipe(j, logs.Stderr); err != nil {
		j.out.abandon(stdout)
		return nil, nil, nil, err
	}
	go j.out.run()
	go j.err.run()
	return j, stdout, stderr, nil
}

// lastWords is how long Close waits for children that outlived the program.
const lastWords = time.Second

// Close waits until all that was written has been read. The program must have
// ended; what its children hold open is closed after a second.
func (j *Log) Close() {
	late := time.AfterFunc(lastWords, func() {
		j.out.file.Close()
		j.err.file.Close()
	})
	<-j.out.done
	<-j.err.done
	late.Stop()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.loose.Flush()
}

// Loose returns the end of what was printed outside of invocations.
func (j *Log) Loose() string {
	j.sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.loose.Flush()
	return string(j.loose.Tail())
}

// Note writes a line of wafer's own, outside of invocations.
func (j *Log) Note(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.loose.Host(text)
}

// Begin opens the entry of an invocation.
func (j *Log) Begin(requestID string) *Entry {
	j.sync() // what is in the pipes now belongs to what came before
	j.mu.Lock()
	defer j.mu.Unlock()
	e := &Entry{log: j, id: requestID}
	if n := len(j.spare); n > 0 {
		e.rec, j.spare = j.spare[n-1], j.spare[:n-1]
	} else {
		e.rec = logs.NewFrom(j.source, j.sink)
	}
	e.rec.Begin(requestID)
	if len(j.running) == 0 {
		j.out.cut(j.loose)
		j.err.cut(j.loose)
	}
	if j.said >= logs.MaxRequest/2 {
		// What belongs to no invocation has its limit, too: else an idle program could
		// fill the log. Invocations allow it more, or a busy one would fall silent.
		j.loose.Begin("")
		j.said = 0
	}
	j.running = append(j.running, e)
	return e
}

// sync reads what the program has written until now.
func (j *Log) sync() {
	j.out.drain()
	j.err.drain()
}

// line sorts one line in. The lock is held, as it is for everything below.
func (j *Log) line(p *pipe, text []byte) {
	if phase, id, ok := marker(text); ok && phase != "" {
		if e := j.entry(id); e != nil {
			p.last = e
			return
		}
	}
	rec := j.loose
	if e := j.owner(p, text); e != nil {
		rec = e.rec
	} else {
		j.said += len(text) + len(newline)
	}
	w := rec.Stdout()
	if p.stream == logs.Stderr {
		w = rec.Stderr()
	}
	_, _ = w.Write(text) // never fails
	_, _ = w.Write(newline)
}

var newline = []byte{'\n'}

// entry finds a running invocation.
func (j *Log) entry(id []byte) *Entry {
	for _, e := range j.running {
		if e.id == string(id) {
			return e
		}
	}
	return nil
}

// owner finds out which invocation a line belongs to.
func (j *Log) owner(p *pipe, text []byte) *Entry {
	if len(j.running) == 1 {
		if e := j.running[0]; e.open {
			return e
		}
		return nil
	}
	for _, e := range j.running {
		if e.open && bytes.Contains(text, []byte(e.id)) {
			p.last = e
			return e
		}
	}
	if len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '}') && slices.Contains(j.running, p.last) && p.last.open {
		return p.last
	}
	p.last = nil
	return nil
}
