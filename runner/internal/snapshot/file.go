package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/wafer-run/wafer/runner/internal/memory"
)

// A snapshot file is
//
//	 0  8  "wafersnp"
//	 8  4  format version, little-endian like all integers
//	12  4  size of the head
//	16  8  offset of the memory
//	24  4  CRC-32C of the memory's pages that are not all zeros
//	28  4  CRC-32C of the 28 bytes above and the head
//	32  .. head, see head.go
//	    .. the memory, byte for byte, to the end of the file
//
// Instances map the memory as it is, hence the alignment of its offset, which
// suits every page size. Pages of zeros are holes. The sums are there to find
// damage; who may write to the directory is trusted.
const (
	magic = "wafersnp"
	// Version is the version of the file format.
	Version   = 3
	fixedSize = 32
	// maxMemory is the largest memory a file may claim: what wasm allows.
	maxMemory = 1 << 32
	maxHead   = 16 << 20
	// chunk is how much is read at a time.
	chunk = 16 * memory.PageSize
)

// FormatError says why a snapshot file is not used.
type FormatError struct{ Reason string }

func (e *FormatError) Error() string { return "snapshot: reading file: " + e.Reason }

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// write writes the snapshot into an empty file.
func (s *Snapshot) write(f *os.File) error {
	head := s.head()
	at := int64(fixedSize+len(head)+memory.WasmPageSize-1) / memory.WasmPageSize * memory.WasmPageSize
	if err := f.Truncate(at + int64(s.Image.Size())); err != nil {
		return err
	}
	sum, err := s.eachPiece(func(piece []byte, off int64) error {
		_, err := f.WriteAt(piece, at+off)
		return err
	})
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	b := append([]byte(nil), magic...)
	b = le.AppendUint32(b, Version)
	b = le.AppendUint32(b, uint32(len(head)))
	b = le.AppendUint64(b, uint64(at))
	b = le.AppendUint32(b, sum)
	b = le.AppendUint32(b, headSum(b, head))
	if _, err := f.WriteAt(append(b, head...), 0); err != nil {
		return err
	}
	startWriting(f)
	return nil
}

func headSum(fixed, head []byte) uint32 {
	return crc32.Update(crc32.Checksum(fixed, castagnoli()), castagnoli(), head)
}

// eachPiece calls do with the pages of the image that are not all zeros, in
// order, and returns their sum. It reads and does not map: a page fault costs
// more than reading a page does.
func (s *Snapshot) eachPiece(do func(piece []byte, off int64) error) (uint32, error) {
	sum, buf := uint32(0), make([]byte, chunk)
	for _, r := range s.Image.Runs() {
		off := int64(r.First) * memory.PageSize
		for end := off + int64(r.Count)*memory.PageSize; off < end; {
			piece := buf[:min(chunk, end-off)]
			if _, err := s.Image.ReadAt(piece, off); err != nil {
				return 0, err
			}
			sum = crc32.Update(sum, castagnoli(), piece)
			if err := do(piece, off); err != nil {
				return 0, err
			}
			off += int64(len(piece))
		}
	}
	return sum, nil
}

// open makes a snapshot of a file, which must not change any more. globals is
// how many the module has, limit the most memory it may have, in bytes. The
// file may be closed afterwards.
//
// # Errors
//
// A [*FormatError] for files that are truncated, corrupted, of another
// version or of another module, or that cannot be mapped.
func open(f *os.File, globals int, limit uint64) (*Snapshot, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	fixed := make([]byte, fixedSize)
	if _, err := f.ReadAt(fixed, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, &FormatError{err.Error()}
	}
	le := binary.LittleEndian
	if string(fixed[:len(magic)]) != magic {
		return nil, &FormatError{"it is not a snapshot file"}
	}
	if v := le.Uint32(fixed[8:]); v != Version {
		return nil, &FormatError{fmt.Sprintf("it has format version %d, want %d", v, Version)}
	}
	size, at := int64(le.Uint32(fixed[12:])), le.Uint64(fixed[16:])
	if size > maxHead || size > info.Size()-fixedSize {
		return nil, &FormatError{fmt.Sprintf("it is truncated: it has %d bytes, its head alone %d", info.Size(), fixedSize+size)}
	}
	head := make([]byte, size)
	if _, err := f.ReadAt(head, fixedSize); err != nil {
		return nil, &FormatError{err.Error()}
	}
	if headSum(fixed[:28], head) != le.Uint32(fixed[28:]) {
		return nil, &FormatError{"the checksum of its head is wrong"}
	}
	s, m, err := parseHead(head, globals, min(limit, maxMemory))
	if err != nil {
		return nil, err
	}
	if at%memory.WasmPageSize != 0 || at > uint64(info.Size()) || at+m.size != uint64(info.Size()) {
		return nil, &FormatError{fmt.Sprintf("it is truncated: it has %d bytes, want %d", info.Size(), at+m.size)}
	}
	if s.Image, err = memory.OpenImage(f, int64(at), m.size, m.runs); err != nil {
		return nil, &FormatError{err.Error()}
	}
	sum, err := s.eachPiece(func([]byte, int64) error { return nil })
	if err == nil && sum != le.Uint32(fixed[24:]) {
		err = errors.New("the checksum of its memory is wrong")
	}
	if err != nil {
		s.Close()
		return nil, &FormatError{err.Error()}
	}
	return s, nil
}
