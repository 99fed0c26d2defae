package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/wafer-run/wafer/runner/internal/memory"
)

// A snapshot file is
//
//	 0  8  "wafersnp"
//	 8  4  format version, little-endian like all integers
//	12 32  SHA-256 of everything behind it
//	44  .. body, compressed with zstd
//
// and the body is a head and the pages that are not all zeros:
//
//	u64 memory size, u64 monotonic, u64 wall, u8 initialized
//	u32 count of globals, u64 each
//	u32 size of the boot info frame, the frame
//	u32 count of runs, then per run: u32 first page, u32 pages, the pages
const (
	magic = "wafersnp"
	// Version is the version of the file format.
	Version    = 2
	headerSize = len(magic) + 4 + sha256.Size
	// maxMemory is the largest memory a file may claim: what wasm allows.
	maxMemory = 1 << 32
	maxList   = 1 << 20 // globals, bytes of boot info, runs
	// window is how far back the compression may refer. Reading a file needs
	// as much fresh memory, and a first touch of memory is what it costs most.
	window = 256 << 10
	// chunk is how much is read at a time.
	chunk = 16 * memory.PageSize
)

// FormatError says why a snapshot file is not used.
type FormatError struct{ Reason string }

func (e *FormatError) Error() string { return "snapshot: reading file: " + e.Reason }

// Encode returns the snapshot as the content of a file.
func (s *Snapshot) Encode() ([]byte, error) {
	var body bytes.Buffer
	z, err := zstd.NewWriter(&body, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		return nil, fmt.Errorf("snapshot: compressing: %w", err)
	}
	if _, err := z.Write(s.head()); err != nil {
		return nil, fmt.Errorf("snapshot: compressing: %w", err)
	}
	content := s.Image.Bytes()
	for _, r := range runs(content) {
		var h [8]byte
		binary.LittleEndian.PutUint32(h[:], uint32(r.from))
		binary.LittleEndian.PutUint32(h[4:], uint32(r.count))
		_, _ = z.Write(h[:]) // an error stays with the writer until Close
		_, _ = z.Write(content[r.from*memory.PageSize:][:r.count*memory.PageSize])
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("snapshot: compressing: %w", err)
	}
	out := make([]byte, 0, headerSize+body.Len())
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, Version)
	sum := sha256.Sum256(body.Bytes())
	out = append(out, sum[:]...)
	return append(out, body.Bytes()...), nil
}

// head encodes all but the pages.
func (s *Snapshot) head() []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(nil, s.Image.Size())
	b = le.AppendUint64(b, uint64(s.Clocks.Monotonic))
	b = le.AppendUint64(b, uint64(s.Clocks.Wall))
	b = append(b, map[bool]byte{true: 1}[s.Initialized])
	b = le.AppendUint32(b, uint32(len(s.Globals)))
	for _, g := range s.Globals {
		b = le.AppendUint64(b, g)
	}
	boot := s.Boot.AppendTo(nil)
	b = le.AppendUint32(b, uint32(len(boot)))
	b = append(b, boot...)
	return le.AppendUint32(b, uint32(len(runs(s.Image.Bytes()))))
}

type run struct{ from, count int }

// runs finds the stretches of pages that are not all zeros.
func runs(content []byte) []run {
	var list []run
	var zero [memory.PageSize]byte
	for page := 0; page*memory.PageSize < len(content); page++ {
		if bytes.Equal(content[page*memory.PageSize:][:memory.PageSize], zero[:]) {
			continue
		}
		if n := len(list); n > 0 && list[n-1].from+list[n-1].count == page {
			list[n-1].count++
		} else {
			list = append(list, run{page, 1})
		}
	}
	return list
}

// Decode makes a snapshot of the content of a file. globals is how many the
// module has, limit the most memory it may have, in bytes.
//
// # Errors
//
// A [*FormatError] for files that are truncated, corrupted, of another
// version or of another module; a [*memory.Error] when memory runs out. No
// more memory than limit is used, whatever the file says.
func Decode(file []byte, globals int, limit uint64) (*Snapshot, error) {
	if len(file) < headerSize || string(file[:len(magic)]) != magic {
		return nil, &FormatError{"it is not a snapshot file"}
	}
	if v := binary.LittleEndian.Uint32(file[len(magic):]); v != Version {
		return nil, &FormatError{fmt.Sprintf("it has format version %d, want %d", v, Version)}
	}
	body := file[headerSize:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], file[len(magic)+4:headerSize]) {
		return nil, &FormatError{"its checksum is wrong"}
	}
	z, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxMemory))
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	defer z.Close()
	d := decoder{r: z}
	s, err := d.snapshot(globals, min(limit, maxMemory))
	if d.err != nil {
		return nil, &FormatError{"it is truncated: " + d.err.Error()}
	}
	return s, err
}

// decoder reads integers and keeps the first error.
type decoder struct {
	r   io.Reader
	err error
}

func (d *decoder) bytes(n uint64) []byte {
	if d.err != nil || n > maxList {
		d.err = errors.Join(d.err, fmt.Errorf("a list of %d bytes", n))
		return nil
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(d.r, b); err != nil {
		d.err = err
		return nil
	}
	return b
}

func (d *decoder) u32() uint32 {
	if b := d.bytes(4); d.err == nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) u64() uint64 {
	if b := d.bytes(8); d.err == nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) snapshot(globals int, limit uint64) (*Snapshot, error) {
	size := d.u64()
	s := &Snapshot{Clocks: Clocks{Monotonic: int64(d.u64()), Wall: int64(d.u64())}}
	if b := d.bytes(1); d.err == nil {
		s.Initialized = b[0] == 1
	}
	n := d.u32()
	if d.err == nil && int64(n) != int64(globals) {
		return nil, &FormatError{fmt.Sprintf("it has %d globals, the module has %d", n, globals)}
	}
	for range n {
		s.Globals = append(s.Globals, d.u64())
	}
	boot := d.bytes(uint64(d.u32()))
	count := d.u32()
	if d.err != nil {
		return nil, nil
	}
	if err := s.Boot.Decode(boot); err != nil {
		return nil, &FormatError{err.Error()}
	}
	if size == 0 || size > limit || size%memory.WasmPageSize != 0 {
		return nil, &FormatError{fmt.Sprintf("it has a memory of %d bytes, the limit is %d", size, limit)}
	}
	b, err := memory.NewBuilder(size)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	buf := make([]byte, chunk)
	for range count {
		from, pages := uint64(d.u32()), uint64(d.u32())
		if d.err != nil {
			return nil, nil
		}
		if from+pages > size/memory.PageSize {
			return nil, &FormatError{fmt.Sprintf("pages %d to %d are outside its memory", from, from+pages)}
		}
		at, end := from*memory.PageSize, (from+pages)*memory.PageSize
		for at < end {
			piece := buf[:min(chunk, end-at)]
			if _, err := io.ReadFull(d.r, piece); err != nil {
				d.err = err
				return nil, nil
			}
			if err := b.Write(at, piece); err != nil {
				return nil, err
			}
			at += uint64(len(piece))
		}
	}
	image, err := b.Image()
	if err != nil {
		return nil, err
	}
	s.Image = image
	return s, nil
}
