package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

const (
	// MaxEntries is how many entries the tables and passive element segments of an
	// instance may have in all, also once tables have grown: 8 MiB of the host's
	// memory.
	MaxEntries = 1 << 20
	// MaxGlobals is how many globals an instance may have. The engine takes some
	// hundred bytes for each.
	MaxGlobals = 100_000
)

// Bound limits what an instance holds outside of its linear memory, which is what
// a host limits. Tables that may grow without an end get one: table.grow fails
// there.
//
// # Errors
//
// A [*ModuleError] when the module needs more from the start.
func Bound(m *wasm.Module) error {
	entries := uint64(0)
	for i := range m.Tables {
		entries += uint64(m.Tables[i].Min)
	}
	for i := range m.Elements {
		if e := &m.Elements[i]; e.Mode == wasm.Passive {
			entries += uint64(e.Len())
		}
	}
	if entries > MaxEntries {
		return refuse(PassCheck, "its tables and passive element segments have %d entries, the limit is %d", entries, MaxEntries)
	}
	if len(m.Tables) == 0 {
		return nil
	}
	room := (MaxEntries - entries) / uint64(len(m.Tables))
	for i := range m.Tables {
		t := &m.Tables[i]
		if end := t.Min + uint32(room); !t.HasMax || t.Max > end {
			t.HasMax, t.Max = true, end
		}
	}
	return nil
}
