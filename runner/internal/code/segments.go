package code

import (
	"encoding/binary"
	"errors"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// segments are the initial memory of a module in the form in which they are
// kept on disk: offset and length (4 bytes each, little-endian) of all, then
// the bytes of all. A Go module has thousands; as Go values they would take
// more private memory than everything else that is resident of it.
type segments struct {
	count int
	bytes []byte // perhaps a view of a file
}

const segmentEntry = 8

// packSegments brings segments into that form.
func packSegments(list []rewrite.Segment) segments {
	size := segmentEntry * len(list)
	for _, s := range list {
		size += len(s.Data)
	}
	b := make([]byte, 0, size)
	for _, s := range list {
		b = binary.LittleEndian.AppendUint32(b, s.Offset)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(s.Data)))
	}
	for _, s := range list {
		b = append(b, s.Data...)
	}
	return segments{len(list), b}
}

// check makes sure that all can be walked through.
func (s segments) check() error {
	if s.count < 0 || s.count > len(s.bytes)/segmentEntry {
		return errors.New("its segments are cut off")
	}
	left := len(s.bytes) - segmentEntry*s.count
	for i := range s.count {
		left -= int(binary.LittleEndian.Uint32(s.bytes[segmentEntry*i+4:]))
		if left < 0 {
			return errors.New("its segments are cut off")
		}
	}
	if left != 0 {
		return errors.New("its segments are too long")
	}
	return nil
}

// each calls f with the segments in order.
func (s segments) each(f func(rewrite.Segment) error) error {
	data := s.bytes[segmentEntry*s.count:]
	for i := range s.count {
		entry := s.bytes[segmentEntry*i:]
		n := binary.LittleEndian.Uint32(entry[4:])
		if err := f(rewrite.Segment{Offset: binary.LittleEndian.Uint32(entry), Data: data[:n:n]}); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
