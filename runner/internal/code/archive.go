package code

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// An archive is a file of a few parts, each with its checksum:
//
//	 0  "WAFER\x00", format version (2)
//	 8  kind (4), number of parts (4)
//	16  what the file belongs to: a key or a digest (32)
//	48  per part: offset (8), length (8), checksum (4), zero (4)
//	    checksum of all that comes before (4)
//	    the parts, each aligned, with zeros between them; nothing follows
//
// Numbers are little-endian. The part that gets mapped is aligned so that every
// page size divides its offset.
const (
	archiveMagic = "WAFER\x00"
	archiveHead  = 48
	archiveEntry = 24
	pageAlign    = 64 << 10
)

// The kinds of archives and their parts.
const (
	kindModule = "modu"
	kindObject = "obje"
	kindPlain  = "wazo"

	partManifest = 0 // JSON
	partSegments = 1 // see segments
	moduleParts  = 2

	partOffsets = 0 // of the husk's functions in the code, 8 bytes each
	partHusk    = 1 // wasm
	partCode    = 2
	objectParts = 3

	partName    = 0 // of wazero's file
	partContent = 1
	plainParts  = 2
)

type section struct {
	offset, length int64
	sum            uint32
}

func headSize(parts int) int { return archiveHead + parts*archiveEntry + 4 }

// writeArchive writes an archive whose last part is aligned for mapping.
func writeArchive(w io.Writer, kind string, id [32]byte, parts ...[]byte) error {
	head := make([]byte, 0, headSize(len(parts)))
	head = append(head, archiveMagic...)
	head = binary.LittleEndian.AppendUint16(head, formatVersion)
	head = append(head, kind...)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(parts)))
	head = append(head, id[:]...)
	end := int64(headSize(len(parts)))
	gaps := make([]int64, len(parts))
	for i, p := range parts {
		align := int64(8)
		if i == len(parts)-1 {
			align = pageAlign
		}
		start := (end + align - 1) &^ (align - 1)
		gaps[i] = start - end
		head = binary.LittleEndian.AppendUint64(head, uint64(start))
		head = binary.LittleEndian.AppendUint64(head, uint64(len(p)))
		head = binary.LittleEndian.AppendUint32(head, sum(p))
		head = binary.LittleEndian.AppendUint32(head, 0)
		end = start + int64(len(p))
	}
	head = binary.LittleEndian.AppendUint32(head, sum(head))
	if _, err := w.Write(head); err != nil {
		return err
	}
	for i, p := range parts {
		if _, err := w.Write(make([]byte, gaps[i])); err != nil {
			return err
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// parseHead reads the head of an archive of the given size. b may be longer
// than the head.
func parseHead(b []byte, size int64, kind string, id [32]byte, parts int) ([]section, error) {
	n := headSize(parts)
	switch {
	case len(b) < n:
		return nil, fmt.Errorf("its head is cut off after %d of %d bytes", len(b), n)
	case string(b[:len(archiveMagic)]) != archiveMagic:
		return nil, errors.New("it is no archive")
	case binary.LittleEndian.Uint16(b[6:]) != formatVersion:
		return nil, fmt.Errorf("it has format %d, want %d", binary.LittleEndian.Uint16(b[6:]), formatVersion)
	case sum(b[:n-4]) != binary.LittleEndian.Uint32(b[n-4:]):
		return nil, errors.New("its head is damaged")
	case string(b[8:12]) != kind || binary.LittleEndian.Uint32(b[12:]) != uint32(parts):
		return nil, errors.New("it is an archive of something else")
	case !bytes.Equal(b[16:48], id[:]):
		return nil, errors.New("it belongs to another module")
	}
	list := make([]section, parts)
	end := int64(n)
	for i := range list {
		e := b[archiveHead+i*archiveEntry:]
		s := section{int64(binary.LittleEndian.Uint64(e)), int64(binary.LittleEndian.Uint64(e[8:])), binary.LittleEndian.Uint32(e[16:])}
		if s.offset < end || s.length < 0 || s.length > size || s.offset > size-s.length {
			return nil, fmt.Errorf("part %d (%d bytes at %d) is outside of its %d bytes", i, s.length, s.offset, size)
		}
		end = s.offset + s.length
		list[i] = s
	}
	if last := list[parts-1]; end != size || last.offset%pageAlign != 0 {
		return nil, fmt.Errorf("it has %d bytes, want %d", size, end)
	}
	return list, nil
}

// archive is an open archive whose head has been checked.
type archive struct {
	file  *os.File
	parts []section
}

// openArchive opens an archive that belongs to id.
//
// # Errors
//
// A [*FileError] when it is missing or damaged, other errors when the system
// fails to read it.
func openArchive(path, kind string, id [32]byte, parts int) (*archive, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{path, err}
	}
	if err != nil {
		return nil, fmt.Errorf("code: opening file: %w", err)
	}
	list, err := readHead(f, kind, id, parts)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &archive{f, list}, nil
}

func readHead(f *os.File, kind string, id [32]byte, parts int) ([]section, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("code: opening file: %w", err)
	}
	head := make([]byte, headSize(parts))
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("code: reading file: %w", err)
	}
	list, err := parseHead(head[:n], info.Size(), kind, id, parts)
	if err != nil {
		return nil, &FileError{f.Name(), err}
	}
	return list, nil
}

// read returns a part after checking it.
func (a *archive) read(part int) ([]byte, error) {
	s := a.parts[part]
	b := make([]byte, s.length)
	if _, err := a.file.ReadAt(b, s.offset); err != nil {
		return nil, fmt.Errorf("code: reading file: %w", err)
	}
	return b, a.check(part, b)
}

// check compares a part with its checksum.
func (a *archive) check(part int, b []byte) error {
	if sum(b) != a.parts[part].sum {
		return &FileError{a.file.Name(), fmt.Errorf("part %d is damaged", part)}
	}
	return nil
}

func (a *archive) close() { _ = a.file.Close() }
