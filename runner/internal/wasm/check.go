package wasm

// check verifies every index between sections. Indexes within bodies are the
// business of [Code] and of who walks it.
func (m *Module) check() *FormatError {
	fail := func(s sectionID, format string, args ...any) *FormatError {
		r := reader{section: s.String()}
		r.malformed(format, args...)
		return r.err
	}
	if len(m.Functions) != len(m.Codes) {
		return fail(secCode, "%d functions are declared and %d have a body", len(m.Functions), len(m.Codes))
	}
	nt := uint32(len(m.Types))
	for i := range m.Imports {
		if imp := &m.Imports[i]; imp.Kind == ExternFunc && imp.Type >= nt {
			return fail(secImport, "import %q %q has type %d of %d", imp.Module, imp.Name, imp.Type, nt)
		}
	}
	for i, t := range m.Functions {
		if t >= nt {
			return fail(secFunction, "function %d has type %d of %d", i, t, nt)
		}
	}
	s := m.Space()
	if s.Memories > 1 {
		r := reader{section: secMemory.String()}
		r.malformedMemories(int(s.Memories))
		return r.err
	}
	for i := range m.Globals {
		if !constOK(m.Globals[i].Init, s) {
			return fail(secGlobal, "initial value of global %d refers to something that is not there", i)
		}
	}
	for _, e := range m.Exports {
		if e.Index >= s.Count(e.Kind) {
			return fail(secExport, "export %q is %s %d of %d", e.Name, e.Kind, e.Index, s.Count(e.Kind))
		}
	}
	if m.Start != nil && *m.Start >= s.Functions {
		return fail(secStart, "function %d of %d", *m.Start, s.Functions)
	}
	for i := range m.Elements {
		if reason := checkElement(&m.Elements[i], s); reason != "" {
			return fail(secElement, "segment %d: %s", i, reason)
		}
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode == Active && (s.Memories == 0 || !constOK(d.Offset, s)) {
			return fail(secData, "segment %d refers to something that is not there", i)
		}
	}
	if m.DataCount != nil && int(*m.DataCount) != len(m.Datas) {
		return fail(secDataCount, "%d data segments are announced, and %d are there", *m.DataCount, len(m.Datas))
	}
	return nil
}

func checkElement(e *Element, s Space) string {
	if e.Mode == Active && (e.Table >= s.Tables || !constOK(e.Offset, s)) {
		return "table or offset refers to something that is not there"
	}
	for _, f := range e.Funcs {
		if f >= s.Functions {
			return "an item refers to a function that is not there"
		}
	}
	for _, x := range e.Exprs {
		if !constOK(x, s) {
			return "an item refers to something that is not there"
		}
	}
	return ""
}

// constOK checks the index within a constant expression. Only imported globals may
// be read by one.
func constOK(e ConstExpr, s Space) bool {
	switch e.Op {
	case OpRefFunc:
		return e.Value < uint64(s.Functions)
	case OpGlobalGet:
		return e.Value < uint64(s.ImportedGlobals)
	}
	return true
}

// Space is the size of each index space of a module.
type Space struct {
	Functions, Tables, Memories, Globals uint32
	// The imported ones among them come first.
	ImportedFunctions, ImportedGlobals uint32
}

// Space counts imports and definitions.
func (m *Module) Space() Space {
	s := Space{
		Functions: uint32(len(m.Functions)),
		Tables:    uint32(len(m.Tables)),
		Memories:  uint32(len(m.Memories)),
		Globals:   uint32(len(m.Globals)),
	}
	for i := range m.Imports {
		switch m.Imports[i].Kind {
		case ExternFunc:
			s.Functions++
			s.ImportedFunctions++
		case ExternTable:
			s.Tables++
		case ExternMemory:
			s.Memories++
		case ExternGlobal:
			s.Globals++
			s.ImportedGlobals++
		}
	}
	return s
}

// Count returns the size of the index space of the given kind.
func (s Space) Count(kind ExternKind) uint32 {
	switch kind {
	case ExternFunc:
		return s.Functions
	case ExternTable:
		return s.Tables
	case ExternMemory:
		return s.Memories
	}
	return s.Globals
}
