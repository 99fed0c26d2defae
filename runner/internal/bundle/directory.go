package bundle

import (
	"errors"
	"io"
)

// directory gives a zip to package zip, and of the list of its entries only as much
// as the limit of entries needs: the package makes ten times as much of it, before
// anybody can count them. How many the zip says that it has means nothing.
type directory struct {
	f    io.ReaderAt
	left int64
	over bool // there was more
	read bool // now come the files
}

// directory is how many bytes the list may have, with what is read to find it.
func (l limits) directory() int64 { return 256*int64(l.entries) + 256<<10 }

var errDirectory = errors.New("bundle: the zip's directory is too large")

// ReadAt implements [io.ReaderAt].
func (d *directory) ReadAt(b []byte, at int64) (int, error) {
	if d.read {
		return d.f.ReadAt(b, at)
	}
	if d.left -= int64(len(b)); d.left < 0 {
		d.over = true
		return 0, errDirectory
	}
	return d.f.ReadAt(b, at)
}
