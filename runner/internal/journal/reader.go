package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// pollInterval is how often a file is asked for more.
const pollInterval = 100 * time.Millisecond

// Reader reads a journal's files, oldest entries first.
type Reader struct {
	// Path is where the journal is written. Renamed files beside it are read too.
	Path string
	// Filter picks entries.
	Filter Filter
	// Follow goes on when the end is reached, until the context is done, also
	// when the file is rotated, or is not there yet.
	Follow bool
}

// Read calls f for every entry that the filter picks, with the line it was read
// from, which is valid during the call. Lines that are no entries are passed
// over: other programs may write to the same output.
//
// When ctx is done, who follows is still given what has been written by then. Only
// what was there from the start is not read to its end: it may be much.
//
// # Errors
//
// What f returns; an error of the files, of type [*fs.PathError]. When ctx is
// done Read returns nil if it follows, and ctx's error if it does not.
func (r *Reader) Read(ctx context.Context, f func(e *Entry, line []byte) error) error {
	err := (&reading{Reader: *r, ctx: ctx, interrupt: ctx.Done(), ended: !r.Follow, entry: f}).run()
	if r.Follow && ctx.Err() != nil {
		return nil
	}
	return err
}

// reading is one call of Read.
type reading struct {
	Reader
	entry     func(e *Entry, line []byte) error
	ctx       context.Context // ends reading in the middle: that of the call, until the first wait
	interrupt <-chan struct{} // ends waiting
	ended     bool            // the end of the files is the end
}

func (r *reading) run() error {
	var last *os.File // what was read last, and has been renamed
	for {
		file, missing := r.open()
		if missing != nil && (last == nil || !errors.Is(missing, fs.ErrNotExist)) {
			return errors.Join(missing, closeFile(last))
		}
		// Several may have been renamed since, if entries came fast.
		old, err := between(r.Path, last, file)
		if err = errors.Join(err, closeFile(last)); err != nil {
			return errors.Join(err, closeFile(file))
		}
		for _, path := range old {
			if err := r.renamed(path); err != nil {
				return errors.Join(err, closeFile(file))
			}
		}
		if file == nil {
			return missing
		}
		next, err := r.current(&tail{file: file, filter: &r.Filter, stop: r.interrupt})
		if err != nil || !next {
			return errors.Join(err, file.Close())
		}
		last = file
	}
}

func closeFile(f *os.File) error {
	if f == nil {
		return nil
	}
	return f.Close()
}

// renamed reads a file that nobody writes any more.
func (r *reading) renamed(path string) error {
	if info, err := os.Stat(path); err != nil || info.ModTime().Before(r.Filter.Since) {
		return nil // nothing in it is wanted, or it has just been removed
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("journal: reading: %w", err)
	}
	t := tail{file: file, filter: &r.Filter}
	err = t.read(r.ctx, r.entry)
	if err == nil {
		err = t.end(r.entry)
	}
	return errors.Join(err, file.Close())
}

// open opens the file that is being written, or waits for it.
func (r *reading) open() (*os.File, error) {
	for {
		ended := r.ended // asked first: a file that came by then is found below
		file, err := os.Open(r.Path)
		if err == nil {
			return file, nil
		}
		if ended || !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("journal: reading: %w", err)
		}
		r.wait()
	}
}

// current reads the file that is being written, until the end or until it is
// another's turn, which it tells.
func (r *reading) current(t *tail) (next bool, err error) {
	for {
		ended, renamed := r.ended, r.Follow && isRenamed(r.Path, t.file) // asked first: what was in it by then is read below
		if err := t.read(r.ctx, r.entry); err != nil {
			return false, err
		}
		if ended || renamed {
			return renamed, t.end(r.entry)
		}
		r.wait()
	}
}

// wait waits for more. From then on little is read at a time, and all of it.
func (r *reading) wait() {
	r.ctx = context.Background()
	timer := time.NewTimer(pollInterval)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.interrupt:
		r.ended = true
	}
}
