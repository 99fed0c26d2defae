//go:build linux && !wafer_portable

package code

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// object is the machine code of a module with what is needed to load it.
type object struct {
	husk    []byte
	offsets []int
	code    []byte // mapped
	mode    Mode
}

func writeObject(dir *directory, path string, d Digest, h husk, c *compiled) error {
	offsets := make([]byte, 0, 8*len(h.kept))
	for _, fn := range h.kept {
		offsets = binary.LittleEndian.AppendUint64(offsets, uint64((*c.offsets)[fn]))
	}
	return dir.write(path, func(f *os.File) error {
		if err := writeArchive(f, kindObject, d, offsets, h.wasm, *c.code); err != nil {
			return err
		}
		// Do not wait for the disk, but do not wait half a minute to begin
		// either: until pages are on disk they count as private memory of
		// those who map them, and cannot be dropped.
		_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
		return nil
	})
}

// openObject maps an object. The code itself is checked only when trusted is
// false: that reads all of it.
//
// # Errors
//
// A [*FileError] when the file cannot be used.
func openObject(path string, d Digest, m mapper, trusted func(os.FileInfo) bool) (*object, error) {
	a, err := openArchive(path, kindObject, d, objectParts)
	if err != nil {
		return nil, err
	}
	defer a.close()
	o := &object{}
	if o.husk, err = a.read(partHusk); err != nil {
		return nil, err
	}
	offsets, err := a.read(partOffsets)
	if err != nil {
		return nil, err
	}
	s := a.parts[partCode]
	if o.offsets, err = decodeOffsets(offsets, s.length); err != nil {
		return nil, &FileError{path, err}
	}
	if o.code, o.mode, err = m.code(a.file, s.offset, s.length); err != nil {
		return nil, fmt.Errorf("code: opening %s: %w", path, err)
	}
	info, err := a.file.Stat()
	if err == nil && !trusted(info) {
		err = a.check(partCode, o.code)
	}
	if err != nil {
		o.free()
		return nil, err
	}
	return o, nil
}

// decodeOffsets reads where functions begin in code of the given size.
func decodeOffsets(b []byte, size int64) ([]int, error) {
	if len(b) == 0 || len(b)%8 != 0 {
		return nil, errors.New("its offsets are cut off")
	}
	list := make([]int, len(b)/8)
	last := int64(-1)
	for i := range list {
		v := int64(binary.LittleEndian.Uint64(b[8*i:]))
		if v <= last || v >= size {
			return nil, errors.New("its offsets are out of order")
		}
		list[i], last = int(v), v
	}
	return list, nil
}

// free unmaps code that no module took over.
func (o *object) free() { _ = unix.Munmap(o.code) }
