package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// tail reads a file as it grows.
type tail struct {
	file    *os.File
	filter  *Filter
	partial []byte // a line whose end has not come
	offset  int64
	stop    <-chan struct{} // nothing is read that is written later
	last    int64           // what the file had then
	stopped bool
}

// read reads to the end of the file.
func (t *tail) read(ctx context.Context, f func(e *Entry, line []byte) error) error {
	if info, err := t.file.Stat(); err == nil && info.Size() < t.offset {
		t.offset, t.partial = 0, t.partial[:0] // somebody emptied it
	}
	b := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if t.over() {
			return nil
		}
		n, err := t.file.ReadAt(b, t.offset)
		t.offset += int64(n)
		t.partial = append(t.partial, b[:n]...)
		rest := t.partial
		for {
			line, after, ok := bytes.Cut(rest, []byte{'\n'})
			if !ok {
				break
			}
			if err := t.line(line, f); err != nil {
				return err
			}
			rest = after
		}
		t.partial = t.partial[:copy(t.partial, rest)]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("journal: reading: %w", err)
		}
	}
}

// over reports whether all has been read that was written before it is to stop.
// Whoever writes faster than f takes it would never let it end.
func (t *tail) over() bool {
	if !t.stopped {
		select {
		case <-t.stop:
			info, err := t.file.Stat()
			if err != nil {
				return true
			}
			t.stopped, t.last = true, info.Size()
		default:
		}
	}
	return t.stopped && t.offset >= t.last
}

// end takes what follows the last line end as a line.
func (t *tail) end(f func(e *Entry, line []byte) error) error { return t.line(t.partial, f) }

func (t *tail) line(line []byte, f func(e *Entry, line []byte) error) error {
	var e Entry
	if json.Unmarshal(line, &e) != nil || e.Type == "" || !t.filter.Match(&e) {
		return nil
	}
	return f(&e, line)
}
