package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

// Husk returns a binary with the types, imports, functions, tables, elements,
// globals, memory and exports of m, but with bodies that only trap, and
// with tag in a custom section, so that husks of different modules differ.
//
// An engine lays out instances of m and of its husk the same way: compiled code of m
// works in an instance of the husk. Data that is left in m, i.e. passive segments that
// functions refer to, is part of an instance and stays.
//
// m is not changed.
func Husk(m *wasm.Module, tag []byte) []byte {
	h := *m
	body := []byte{byte(wasm.OpUnreachable), byte(wasm.OpEnd)}
	h.Codes = make([]wasm.FuncBody, len(m.Codes))
	for i := range h.Codes {
		h.Codes[i].Body = body
	}
	if len(tag) == 0 {
		tag = []byte{0} // an empty section at the end trips some engines
	}
	h.Customs = []wasm.Custom{{Name: HuskSection, Data: tag}}
	return h.Encode()
}
