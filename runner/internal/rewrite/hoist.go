package rewrite

import (
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// pageSize is the size of a page of linear memory, in bytes.
const pageSize = 1 << 16

// Segment is a stretch of initial memory that was an active data segment.
type Segment struct {
	Offset uint32 // bytes from the start of memory
	Data   []byte // aliases the binary
}

// Hoist takes active data segments out of the module. Later segments overwrite earlier
// ones, as they did. It returns why some data stays, or "" when none does.
//
// # Errors
//
// A [*ModuleError] when a segment is outside of the initial memory, where instantiation
// would trap.
func Hoist(m *wasm.Module) (segments []Segment, kept string, err error) {
	s, err := takeSurvey(m)
	if err != nil {
		return nil, "", err
	}
	return hoist(m, s.dataOps)
}

// hoist keeps the indexes of segments when functions refer to them.
func hoist(m *wasm.Module, referred bool) (segments []Segment, kept string, err error) {
	if m.NumImports(wasm.ExternMemory) > 0 {
		return nil, "memory is imported", nil
	}
	var size uint64
	if len(m.Memories) > 0 {
		size = uint64(m.Memories[0].Min) * pageSize
	}
	segments = make([]Segment, 0, len(m.Datas))
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode != wasm.Active {
			continue
		}
		if d.Offset.Op != wasm.OpI32Const {
			return nil, fmt.Sprintf("data segment %d has no constant offset", i), nil
		}
		at := uint32(d.Offset.Value)
		if end := uint64(at) + uint64(len(d.Init)); end > size {
			return nil, "", refuse(PassHoist, "data segment %d ends at byte %d of an initial memory of %d", i, end, size)
		}
		if len(d.Init) > 0 {
			segments = append(segments, Segment{Offset: at, Data: d.Init})
		}
	}
	if !referred {
		m.Datas, m.DataCount = nil, nil
		return segments, "", nil
	}
	for i := range m.Datas {
		if m.Datas[i].Mode == wasm.Active {
			m.Datas[i] = wasm.Data{Mode: wasm.Passive}
		}
	}
	return segments, "functions use memory.init or data.drop", nil
}

// HoistStart removes a start section and exports its function as [StartExport]. It
// reports whether there was one.
func HoistStart(m *wasm.Module) bool {
	if m.Start == nil {
		return false
	}
	m.Exports = append(m.Exports, wasm.Export{Name: StartExport, Kind: wasm.ExternFunc, Index: *m.Start})
	m.Start = nil
	return true
}
