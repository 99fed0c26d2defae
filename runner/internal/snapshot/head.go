package snapshot

import (
	"encoding/binary"
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/memory"
)

// The head of a snapshot file is
//
//	u64 memory size, u64 monotonic, u64 wall, u8 initialized
//	u32 count of globals, u64 each
//	u32 size of the boot info frame, the frame
//	u32 count of runs of pages that are not all zeros, each: u32 first page, u32 pages

// layout is where the memory has something but zeros.
type layout struct {
	size uint64 // bytes
	runs []memory.Run
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
	runs := s.Image.Runs()
	b = le.AppendUint32(b, uint32(len(runs)))
	for _, r := range runs {
		b = le.AppendUint32(b, r.First)
		b = le.AppendUint32(b, r.Count)
	}
	return b
}

// parseHead decodes a head. Its allocations are bounded by its size.
func parseHead(b []byte, globals int, limit uint64) (*Snapshot, layout, error) {
	d := decoder{b: b}
	m := layout{size: d.u64()}
	s := &Snapshot{Clocks: Clocks{Monotonic: int64(d.u64()), Wall: int64(d.u64())}}
	s.Initialized = d.bytes(1)[0] == 1
	if n := d.u32(); !d.short && int64(n) != int64(globals) {
		return nil, m, &FormatError{fmt.Sprintf("it has %d globals, the module has %d", n, globals)}
	}
	for range globals {
		if d.short {
			break
		}
		s.Globals = append(s.Globals, d.u64())
	}
	boot := d.bytes(uint64(d.u32()))
	next := uint64(0) // page that the next run may begin at
	for range d.u32() {
		r := memory.Run{First: d.u32(), Count: d.u32()}
		if d.short {
			break
		}
		if uint64(r.First) < next || r.Count == 0 {
			return nil, m, &FormatError{fmt.Sprintf("its pages from %d are out of order", r.First)}
		}
		next = uint64(r.First) + uint64(r.Count)
		m.runs = append(m.runs, r)
	}
	switch {
	case d.short || len(d.b) != 0:
		return nil, m, &FormatError{"its head is cut off or too long"}
	case m.size == 0 || m.size > limit || m.size%memory.WasmPageSize != 0:
		return nil, m, &FormatError{fmt.Sprintf("it has a memory of %d bytes, the limit is %d", m.size, limit)}
	case next > m.size/memory.PageSize:
		return nil, m, &FormatError{fmt.Sprintf("it has a page %d, outside of its memory", next-1)}
	}
	if err := s.Boot.Decode(boot); err != nil {
		return nil, m, &FormatError{err.Error()}
	}
	return s, m, nil
}

// decoder takes integers off a slice. After its end it yields zeros.
type decoder struct {
	b     []byte
	short bool
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.short, d.b = true, nil
		return make([]byte, min(n, 8))
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) u32() uint32 { return binary.LittleEndian.Uint32(d.bytes(4)) }
func (d *decoder) u64() uint64 { return binary.LittleEndian.Uint64(d.bytes(8)) }
