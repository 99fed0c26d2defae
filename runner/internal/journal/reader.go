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
// # Errors
//
// What f returns; an error of the files, of type [*fs.PathError]. When ctx is
// done Read returns nil if it follows, and ctx's error if it does not.
func (r *Reader) Read(ctx context.Context, f func(e *Entry, line []byte) error) error {
	err := r.read(ctx, f)
	if r.Follow && ctx.Err() != nil {
		return nil
	}
	return err
}

func (r *Reader) read(ctx context.Context, f func(e *Entry, line []byte) error) error {
	var last *os.File // what was read last, and has been renamed
	for {
		file, err := r.open(ctx)
		if err != nil {
			if ctx.Err() != nil { // what was written before that is not lost
				err = errors.Join(err, r.once(ctx, f))
			}
			return errors.Join(err, closeFile(last))
		}
		// Several may have been renamed since, if entries came fast.
		old, err := between(r.Path, last, file)
		if err = errors.Join(err, closeFile(last)); err != nil {
			return errors.Join(err, file.Close())
		}
		for _, path := range old {
			if err := r.renamed(ctx, path, f); err != nil {
				return errors.Join(err, file.Close())
			}
		}
		err = r.current(ctx, &tail{file: file, filter: &r.Filter}, f)
		if err != nil || !r.Follow {
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
func (r *Reader) renamed(ctx context.Context, path string, f func(e *Entry, line []byte) error) error {
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
	err = t.read(ctx, f)
	if err == nil {
		err = t.end(f)
	}
	return errors.Join(err, file.Close())
}

// once reads what there is of the file that is being written, if there is one.
func (r *Reader) once(ctx context.Context, f func(e *Entry, line []byte) error) error {
	file, err := os.Open(r.Path)
	if err != nil {
		return nil
	}
	t := tail{file: file, filter: &r.Filter}
	return errors.Join(t.read(context.WithoutCancel(ctx), f), file.Close())
}

// open opens the file that is being written, or waits for it.
func (r *Reader) open(ctx context.Context) (*os.File, error) {
	for {
		file, err := os.Open(r.Path)
		if err == nil {
			return file, nil
		}
		if !r.Follow || !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("journal: reading: %w", err)
		}
		if err := wait(ctx); err != nil {
			return nil, err
		}
	}
}

// current reads the file that is being written, until it is another's turn.
func (r *Reader) current(ctx context.Context, t *tail, f func(e *Entry, line []byte) error) error {
	for {
		renamed := r.Follow && isRenamed(r.Path, t.file) // asked first: what was in it by then is read below
		if err := t.read(ctx, f); err != nil {
			return err
		}
		if !r.Follow || renamed {
			return t.end(f)
		}
		if err := wait(ctx); err != nil { // what was written before that is not lost
			return errors.Join(err, t.read(context.WithoutCancel(ctx), f))
		}
	}
}

func wait(ctx context.Context) error {
	timer := time.NewTimer(pollInterval)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
