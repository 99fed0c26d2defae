package rewrite

import (
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Global is a mutable global that the host can save and set.
type Global struct {
	Index  uint32
	Export string
	Type   wasm.ValueType
}

// ExportGlobals exports every mutable global under [GlobalExport] of its index. It
// returns why saving them does not capture the module's state, or "" when it does:
// hosts can neither save vectors nor references.
func ExportGlobals(m *wasm.Module) (globals []Global, refused string) {
	// Imported globals come first; the host that supplied them has them anyway.
	base := m.NumImports(wasm.ExternGlobal)
	for i := range m.Globals {
		g := &m.Globals[i]
		if !g.Mutable {
			continue
		}
		at := base + uint32(i)
		if g.Type == wasm.V128 || g.Type.IsRef() {
			refused = fmt.Sprintf("global %d is a mutable %s", at, g.Type)
			continue
		}
		name := GlobalExport(at)
		m.Exports = append(m.Exports, wasm.Export{Name: name, Kind: wasm.ExternGlobal, Index: at})
		globals = append(globals, Global{Index: at, Export: name, Type: g.Type})
	}
	return globals, refused
}
