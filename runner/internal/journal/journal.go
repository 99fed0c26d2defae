package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/front"
)

const (
	// buffered is how many bytes of entries wait for a slow disk before further
	// ones are dropped.
	buffered = 8 << 20
	// piece is how much is written at once. A file is rotated between pieces, so
	// that no line is torn; it has to be smaller than a file may be.
	piece = 512 << 10
	// retryAfter is how long nothing is written after that failed.
	retryAfter = 100 * time.Millisecond
)

// Journal writes entries. It is safe for concurrent use.
type Journal struct {
	out io.WriteCloser
	log *slog.Logger

	mu      sync.Mutex
	pending []byte // whole lines
	ends    []int  // where they end
	dropped int64  // since it was last said
	total   int64  // dropped ever
	closed  bool

	wake    chan struct{}
	done    chan struct{}
	scratch sync.Pool // of *[]byte
}

// New starts a journal that writes to out and closes it in the end. What goes
// wrong with out is told to log.
func New(out io.WriteCloser, log *slog.Logger) *Journal {
	j := &Journal{out: out, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	j.scratch.New = func() any { return new([]byte) }
	go j.run()
	return j
}

// Line writes a line of a function's log. It is a [logs.Sink].
func (j *Journal) Line(l logs.Line) {
	b := j.scratch.Get().(*[]byte)
	*b = appendLine((*b)[:0], &l)
	j.add(*b)
	j.scratch.Put(b)
}

// Request writes what became of a request. It is for [front.Config.Record].
func (j *Journal) Request(r *front.Record) {
	b := j.scratch.Get().(*[]byte)
	*b = appendRequest((*b)[:0], r)
	j.add(*b)
	j.scratch.Put(b)
}

// add takes a line into the buffer, or drops it.
func (j *Journal) add(line []byte) {
	j.mu.Lock()
	if j.closed || len(j.pending)+len(line) > buffered {
		j.dropped++
		j.total++
	} else {
		j.pending = append(j.pending, line...)
		j.ends = append(j.ends, len(j.pending))
	}
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default: // it is awake
	}
}

// Dropped is how many entries were dropped since the start.
func (j *Journal) Dropped() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.total
}

// run writes what is pending until the journal is closed.
func (j *Journal) run() {
	defer close(j.done)
	var (
		lines  []byte
		ends   []int
		failed bool
	)
	for range j.wake {
		for {
			j.mu.Lock()
			lines, j.pending = j.pending, lines[:0]
			ends, j.ends = j.ends, ends[:0]
			dropped, closed := j.dropped, j.closed
			j.dropped = 0
			j.mu.Unlock()
			if len(lines) == 0 && dropped == 0 {
				if closed {
					return
				}
				break
			}
			if dropped > 0 {
				lines, ends = appendDropped(lines, ends, dropped)
			}
			lost, err := j.write(lines, ends)
			if lost > 0 && dropped > 0 { // the last, which would have said so, among them
				lost += dropped - 1
			}
			j.mu.Lock()
			j.dropped += lost
			j.total += max(lost-dropped, 0)
			j.mu.Unlock()
			if err != nil {
				if !failed {
					j.log.Error("journal: writing", "error", err)
				}
				if closed {
					return
				}
				time.Sleep(retryAfter)
			}
			failed = err != nil
		}
	}
}

// appendDropped says how many entries are missing.
func appendDropped(lines []byte, ends []int, n int64) ([]byte, []int) {
	b, err := json.Marshal(Entry{Time: time.Now().UTC(), Type: TypeDropped, Dropped: n,
		Message: fmt.Sprintf("%d entries are missing: they came faster than they could be written, or writing failed", n)})
	if err != nil {
		return lines, ends
	}
	lines = append(append(lines, b...), '\n')
	return lines, append(ends, len(lines))
}

// write writes whole lines, until one piece fails. lost counts the lines from
// there on.
func (j *Journal) write(lines []byte, ends []int) (lost int64, err error) {
	for from, i := 0, 0; i < len(ends); {
		first, end := i, ends[i]
		for i++; i < len(ends) && ends[i]-from <= piece; i++ {
			end = ends[i]
		}
		if _, err := j.out.Write(lines[from:end]); err != nil {
			return int64(len(ends) - first), err
		}
		from = end
	}
	return 0, nil
}

// Close writes what is pending, until ctx is done, and closes the output. Later
// entries are dropped.
func (j *Journal) Close(ctx context.Context) error {
	j.mu.Lock()
	again := j.closed
	j.closed = true
	j.mu.Unlock()
	if again {
		return errors.New("journal: closed twice")
	}
	select {
	case j.wake <- struct{}{}:
	default:
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		return fmt.Errorf("journal: closing: %w", ctx.Err())
	}
	if err := j.out.Close(); err != nil {
		return fmt.Errorf("journal: closing: %w", err)
	}
	return nil
}
