package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// DropCustom removes all custom sections and returns the bytes they held. Nothing
// that an engine runs is in them: they are names, debug information and
// notes by tools.
func DropCustom(m *wasm.Module) (bytes int) {
	for i := range m.Customs {
		bytes += len(m.Customs[i].Name) + len(m.Customs[i].Data)
	}
	m.Customs = nil
	return bytes
}
