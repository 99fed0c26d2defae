package wasm

import (
	"slices"
	"strings"
)

// FuncType is the signature of a function.
type FuncType struct {
	Params  []ValueType
	Results []ValueType
}

// Equal reports whether both signatures are the same. WebAssembly compares
// function types by structure: the index of a type does not matter.
func (t FuncType) Equal(u FuncType) bool {
	return slices.Equal(t.Params, u.Params) && slices.Equal(t.Results, u.Results)
}

// Key returns a string that is the same for equal types only, for use as a map
// key.
func (t FuncType) Key() string {
	b := make([]byte, 0, len(t.Params)+1+len(t.Results))
	for _, p := range t.Params {
		b = append(b, byte(p))
	}
	b = append(b, 0)
	for _, r := range t.Results {
		b = append(b, byte(r))
	}
	return string(b)
}

// String returns the signature as "(i32, i64) -> (i32)".
func (t FuncType) String() string {
	var b strings.Builder
	list := func(ts []ValueType) {
		b.WriteByte('(')
		for i, v := range ts {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte(')')
	}
	list(t.Params)
	b.WriteString(" -> ")
	list(t.Results)
	return b.String()
}
