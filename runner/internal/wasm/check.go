package wasm

import "fmt"

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
		if g := &m.Globals[i]; !m.constOK(g.Init, g.Type, s) {
			return fail(secGlobal, "initial value of global %d is no %s or refers to something that is not there", i, g.Type)
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
	if m.Start != nil {
		if t := m.Types[m.FuncTypeIndexes()[*m.Start]]; !t.Equal(FuncType{}) {
			return fail(secStart, "function %d has type %s, want () -> ()", *m.Start, t)
		}
	}
	for i := range m.Elements {
		if reason := m.checkElement(&m.Elements[i], s); reason != "" {
			return fail(secElement, "segment %d: %s", i, reason)
		}
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode == Active && (s.Memories == 0 || !m.constOK(d.Offset, I32, s)) {
			return fail(secData, "segment %d refers to something that is not there", i)
		}
	}
	if m.DataCount != nil && int(*m.DataCount) != len(m.Datas) {
		return fail(secDataCount, "%d data segments are announced, and %d are there", *m.DataCount, len(m.Datas))
	}
	return nil
}

func (m *Module) checkElement(e *Element, s Space) string {
	if e.Mode == Active {
		if e.Table >= s.Tables || !m.constOK(e.Offset, I32, s) {
			return "table or offset is not there"
		}
		if t := m.tableType(e.Table); t != e.Type {
			return fmt.Sprintf("items are %s in a table of %s", e.Type, t)
		}
	}
	for _, f := range e.Funcs {
		if f >= s.Functions {
			return "an item refers to a function that is not there"
		}
	}
	for _, x := range e.Exprs {
		if !m.constOK(x, e.Type, s) {
			return "an item has another type or refers to something that is not there"
		}
	}
	return ""
}

// tableType returns the type of items of a table.
func (m *Module) tableType(table uint32) ValueType {
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternTable {
			if table == 0 {
				return m.Imports[i].Table.Type
			}
			table--
		}
	}
	return m.Tables[table].Type
}

// constOK checks the type of a constant expression and the index within. Only imported
// globals may be read by one; their types are left to the engine.
func (m *Module) constOK(e ConstExpr, want ValueType, s Space) bool {
	switch e.Op {
	case OpI32Const:
		return want == I32
	case OpI64Const:
		return want == I64
	case OpF32Const:
		return want == F32
	case OpF64Const:
		return want == F64
	case OpV128Const:
		return want == V128
	case OpRefNull:
		return want == ValueType(e.Value)
	case OpRefFunc:
		return want == FuncRef && e.Value < uint64(s.Functions)
	case OpGlobalGet:
		return e.Value < uint64(s.ImportedGlobals)
	}
	return false
}
