//go:build linux && !wafer_portable

package code

import (
	"fmt"
	"slices"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// husk is a module of the same shape as another, in whose instances the code
// of the other runs: it has the same types, imports, globals, memory, tables
// and data. Of its functions it has only those that something outside of the
// code refers to, and their bodies only trap. So it compiles in no time and
// takes next to no memory, whatever it stands for.
type husk struct {
	wasm []byte
	// kept says for which function of the other module each one stands; both
	// count from the first that is not imported.
	kept []uint32
}

// gapName is what stack traces call functions that the husk has not.
const gapName = "guest code"

// newHusk makes the husk of m. The tag is part of it.
func newHusk(m *wasm.Module, tag []byte) husk {
	s := selection{m: m, imports: m.NumImports(wasm.ExternFunc), used: make([]bool, len(m.Functions))}
	h := *m
	h.Customs = []wasm.Custom{{Name: rewrite.HuskSection, Data: tag}}
	if s.numbered() {
		// Functions are known by their numbers in the code: all keep theirs.
		s.keepAll()
	} else {
		s.choose()
		s.renumber(&h)
		h.Customs = append(h.Customs, wasm.Custom{Name: "name", Data: s.names()})
	}
	h.Functions = s.types()
	h.Codes = make([]wasm.FuncBody, len(s.kept))
	for i := range h.Codes {
		h.Codes[i].Body = []byte{byte(wasm.OpUnreachable), byte(wasm.OpEnd)}
	}
	return husk{h.Encode(), s.kept}
}

// selection chooses the functions of a husk.
type selection struct {
	m       *wasm.Module
	imports uint32
	used    []bool   // by what is not code
	kept    []uint32 // used ones, and the first of each gap between them
	to      []uint32 // number in the husk of each that is used
}

// numbered reports whether code contains numbers of functions that are
// resolved when it runs.
func (s *selection) numbered() bool {
	for i := range s.m.Codes {
		c := wasm.NewCode(&s.m.Codes[i], i)
		for c.Next() {
			if c.Op == wasm.OpRefFunc {
				return true
			}
		}
		if c.Err() != nil {
			return true
		}
	}
	return false
}

func (s *selection) keepAll() {
	for i := range s.m.Functions {
		s.used[i] = true
		s.kept = append(s.kept, uint32(i))
	}
}

// choose keeps what is used. Where a function is not, but the one before is,
// it keeps that as well: wazero takes an address for one in the last function
// that begins before it, and so gives code in a gap its own name.
func (s *selection) choose() {
	h := s.clone()
	s.each(&h, func(fn *uint32) {
		if *fn >= s.imports {
			s.used[*fn-s.imports] = true
		}
	})
	s.to = make([]uint32, len(s.used))
	for i, used := range s.used {
		if used || i == 0 || s.used[i-1] {
			s.to[i] = uint32(len(s.kept))
			s.kept = append(s.kept, uint32(i))
		}
	}
}

// renumber changes the references in h to the numbers in the husk.
func (s *selection) renumber(h *wasm.Module) {
	c := s.clone()
	s.each(&c, func(fn *uint32) {
		if *fn >= s.imports {
			*fn = s.imports + s.to[*fn-s.imports]
		}
	})
	h.Exports, h.Elements, h.Globals, h.Start = c.Exports, c.Elements, c.Globals, c.Start
}

// clone copies what refers to functions.
func (s *selection) clone() wasm.Module {
	c := wasm.Module{
		Exports: slices.Clone(s.m.Exports), Elements: slices.Clone(s.m.Elements), Globals: slices.Clone(s.m.Globals),
	}
	for i := range c.Elements {
		c.Elements[i].Funcs = slices.Clone(c.Elements[i].Funcs)
		c.Elements[i].Exprs = slices.Clone(c.Elements[i].Exprs)
	}
	if s.m.Start != nil {
		start := *s.m.Start
		c.Start = &start
	}
	return c
}

// each calls f with all references to functions outside of code.
func (s *selection) each(m *wasm.Module, f func(fn *uint32)) {
	expr := func(e *wasm.ConstExpr) {
		if e.Op == wasm.OpRefFunc {
			fn := uint32(e.Value)
			f(&fn)
			e.Value = uint64(fn)
		}
	}
	for i := range m.Exports {
		if m.Exports[i].Kind == wasm.ExternFunc {
			f(&m.Exports[i].Index)
		}
	}
	for i := range m.Elements {
		for j := range m.Elements[i].Funcs {
			f(&m.Elements[i].Funcs[j])
		}
		for j := range m.Elements[i].Exprs {
			expr(&m.Elements[i].Exprs[j])
		}
	}
	for i := range m.Globals {
		expr(&m.Globals[i].Init)
	}
	if m.Start != nil {
		f(m.Start)
	}
}

// types returns the types of the functions that are kept. Gaps get a plain
// one where there is one.
func (s *selection) types() []uint32 {
	none := slices.IndexFunc(s.m.Types, wasm.FuncType{}.Equal)
	list := make([]uint32, len(s.kept))
	for i, fn := range s.kept {
		list[i] = s.m.Functions[fn]
		if !s.used[fn] && none >= 0 {
			list[i] = uint32(none)
		}
	}
	return list
}

// names returns a name section in which functions are called as they would be
// without names in the whole module.
func (s *selection) names() []byte {
	list := wasm.AppendU32(nil, uint32(len(s.kept)))
	for i, fn := range s.kept {
		name := gapName
		if s.used[fn] {
			name = fmt.Sprintf("$%d", s.imports+fn)
		}
		list = wasm.AppendU32(list, s.imports+uint32(i))
		list = append(wasm.AppendU32(list, uint32(len(name))), name...)
	}
	const functionNames = 1
	return append(wasm.AppendU32([]byte{functionNames}, uint32(len(list))), list...)
}
