package subject

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
)

// archive is a file of the code cache, in memory. Its layout is that of
// package runner/internal/code:
//
//	 0  "WAFER\x00", format version (2)
//	 8  kind (4), number of parts (4)
//	16  what the file belongs to (32)
//	48  per part: offset (8), length (8), checksum (4), zero (4)
//	    checksum of all that comes before (4)
type archive struct {
	content []byte
	parts   int
}

const (
	archiveMagic = "WAFER\x00\x01\x00"
	archiveID    = 16
	archiveHead  = 48
	archiveEntry = 24
)

// readArchive reads a file and checks that its head is what it should be.
func readArchive(path string) (*archive, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("subject: reading code cache: %w", err)
	}
	a := &archive{content: content}
	if len(content) < archiveHead || string(content[:len(archiveMagic)]) != archiveMagic {
		return nil, fmt.Errorf("subject: reading code cache: %s is no archive of a format known here", path)
	}
	a.parts = int(binary.LittleEndian.Uint32(content[12:]))
	if n := a.headSize(); a.parts > 16 || len(content) < n || binary.LittleEndian.Uint32(content[n-4:]) != sum(content[:n-4]) {
		return nil, fmt.Errorf("subject: reading code cache: the head of %s is damaged", path)
	}
	return a, nil
}

// sum is the CRC-32C of the CRC-32Cs of every megabyte.
func sum(b []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sums []byte
	for chunk := range slices.Chunk(b, 1<<20) {
		sums = binary.LittleEndian.AppendUint32(sums, crc32.Checksum(chunk, table))
	}
	return crc32.Checksum(sums, table)
}

func (a *archive) headSize() int { return archiveHead + a.parts*archiveEntry + 4 }

// part returns the part with that number, which aliases content.
func (a *archive) part(content []byte, i int) []byte {
	e := content[archiveHead+i*archiveEntry:]
	offset, length := binary.LittleEndian.Uint64(e), binary.LittleEndian.Uint64(e[8:])
	return content[offset : offset+length]
}

// contains reports whether b is somewhere in the parts.
func (a *archive) contains(b []byte) bool { return bytes.Contains(a.content[a.headSize():], b) }

// rename returns the archive as it would be for another id, with another name
// in its parts, which has the same length.
func (a *archive) rename(id [32]byte, from, to []byte) []byte {
	out := bytes.Clone(a.content)
	copy(out[archiveID:], id[:])
	for i := range a.parts {
		part := a.part(out, i)
		changed := false
		for at := 0; ; at += len(to) {
			next := bytes.Index(part[at:], from)
			if next < 0 {
				break
			}
			at += next
			copy(part[at:], to)
			changed = true
		}
		if changed {
			binary.LittleEndian.PutUint32(out[archiveHead+i*archiveEntry+16:], sum(part))
		}
	}
	n := a.headSize()
	binary.LittleEndian.PutUint32(out[n-4:], sum(out[:n-4]))
	return out
}
