package wasm

// Encode returns the module as a binary. Encoding a module that Parse returned
// and parsing it again gives the same module, with custom sections moved to
// the end.
func (m *Module) Encode() []byte {
	size := 1 << 12
	for i := range m.Codes {
		size += len(m.Codes[i].Body) + 2*len(m.Codes[i].Locals) + 8
	}
	for i := range m.Datas {
		size += len(m.Datas[i].Init) + 16
	}
	for i := range m.Customs {
		size += len(m.Customs[i].Data) + len(m.Customs[i].Name) + 16
	}
	for i := range m.Elements {
		size += 4*m.Elements[i].Len() + 16
	}
	size += 16*(len(m.Types)+len(m.Functions)+len(m.Globals)) + 32*(len(m.Imports)+len(m.Exports))
	e := encoder{b: make([]byte, 0, size)}
	e.b = append(e.b, 0, 'a', 's', 'm', version, 0, 0, 0)
	m.encodeTypes(&e)
	m.encodeSegments(&e)
	for i := range m.Customs {
		e.section(secCustom, func() {
			e.name(m.Customs[i].Name)
			e.b = append(e.b, m.Customs[i].Data...)
		})
	}
	return e.b
}

type encoder struct{ b []byte }

// section writes a section around what body appends. The length is five bytes at
// first, and the content moves back once it is known.
func (e *encoder) section(id sectionID, body func()) {
	e.b = append(e.b, byte(id))
	e.sized(body)
}

// sized writes what body appends behind its length.
func (e *encoder) sized(body func()) {
	const room = 5
	start := len(e.b)
	e.b = append(e.b, make([]byte, room)...)
	body()
	n := len(e.b) - start - room
	head := AppendU32(e.b[start:start], uint32(n))
	if d := room - len(head); d > 0 {
		copy(e.b[start+len(head):], e.b[start+room:])
		e.b = e.b[:len(e.b)-d]
	}
}

func (e *encoder) u32(v uint32) { e.b = AppendU32(e.b, v) }

func (e *encoder) name(s string) {
	e.u32(uint32(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) valueTypes(ts []ValueType) {
	e.u32(uint32(len(ts)))
	for _, t := range ts {
		e.b = append(e.b, byte(t))
	}
}

func (e *encoder) limits(l Limits) {
	if l.HasMax {
		e.b = append(e.b, 1)
		e.u32(l.Min)
		e.u32(l.Max)
		return
	}
	e.b = append(e.b, 0)
	e.u32(l.Min)
}

func (e *encoder) table(t Table) {
	e.b = append(e.b, byte(t.Type))
	e.limits(t.Limits)
}

func (e *encoder) globalType(g GlobalType) {
	mut := byte(0)
	if g.Mutable {
		mut = 1
	}
	e.b = append(e.b, byte(g.Type), mut)
}

// list writes a section that is a vector of n items, unless it is empty.
func (e *encoder) list(id sectionID, n int, item func(i int)) {
	if n == 0 {
		return
	}
	e.section(id, func() {
		e.u32(uint32(n))
		for i := range n {
			item(i)
		}
	})
}

func (m *Module) encodeTypes(e *encoder) {
	e.list(secType, len(m.Types), func(i int) {
		e.b = append(e.b, 0x60)
		e.valueTypes(m.Types[i].Params)
		e.valueTypes(m.Types[i].Results)
	})
	e.list(secImport, len(m.Imports), func(i int) {
		imp := &m.Imports[i]
		e.name(imp.Module)
		e.name(imp.Name)
		e.b = append(e.b, byte(imp.Kind))
		switch imp.Kind {
		case ExternFunc:
			e.u32(imp.Type)
		case ExternTable:
			e.table(imp.Table)
		case ExternMemory:
			e.limits(imp.Memory.Limits)
		case ExternGlobal:
			e.globalType(imp.Global)
		}
	})
	e.list(secFunction, len(m.Functions), func(i int) { e.u32(m.Functions[i]) })
	e.list(secTable, len(m.Tables), func(i int) { e.table(m.Tables[i]) })
	e.list(secMemory, len(m.Memories), func(i int) { e.limits(m.Memories[i].Limits) })
	e.list(secGlobal, len(m.Globals), func(i int) {
		e.globalType(m.Globals[i].GlobalType)
		e.b = m.Globals[i].Init.append(e.b)
	})
	e.list(secExport, len(m.Exports), func(i int) {
		e.name(m.Exports[i].Name)
		e.b = append(e.b, byte(m.Exports[i].Kind))
		e.u32(m.Exports[i].Index)
	})
	if m.Start != nil {
		e.section(secStart, func() { e.u32(*m.Start) })
	}
}

func (m *Module) encodeSegments(e *encoder) {
	e.list(secElement, len(m.Elements), func(i int) { e.element(&m.Elements[i]) })
	if m.DataCount != nil {
		e.section(secDataCount, func() { e.u32(*m.DataCount) })
	}
	e.list(secCode, len(m.Codes), func(i int) { e.code(&m.Codes[i]) })
	e.list(secData, len(m.Datas), func(i int) {
		d := &m.Datas[i]
		e.b = append(e.b, byte(d.Mode))
		if d.Mode == Active {
			e.b = d.Offset.append(e.b)
		}
		e.u32(uint32(len(d.Init)))
		e.b = append(e.b, d.Init...)
	})
}

func (e *encoder) code(f *FuncBody) {
	size := SizeU32(uint32(len(f.Locals))) + len(f.Body)
	for _, l := range f.Locals {
		size += SizeU32(l.Count) + 1
	}
	e.u32(uint32(size))
	e.u32(uint32(len(f.Locals)))
	for _, l := range f.Locals {
		e.u32(l.Count)
		e.b = append(e.b, byte(l.Type))
	}
	e.b = append(e.b, f.Body...)
}

// element writes a segment in the shortest of its forms.
func (e *encoder) element(s *Element) {
	var flags byte
	switch s.Mode {
	case Active:
		// The short form has no room for a table or a type.
		if s.Table != 0 || s.Type != FuncRef {
			flags = 2
		}
	case Passive:
		flags = 1
	case Declarative:
		flags = 3
	}
	if s.UseExprs {
		flags |= 4
	}
	e.b = append(e.b, flags)
	if s.Mode == Active {
		if flags&2 != 0 {
			e.u32(s.Table)
		}
		e.b = s.Offset.append(e.b)
	}
	if flags&3 != 0 {
		if s.UseExprs {
			e.b = append(e.b, byte(s.Type))
		} else {
			e.b = append(e.b, 0)
		}
	}
	e.u32(uint32(s.Len()))
	for _, f := range s.Funcs {
		e.u32(f)
	}
	for _, x := range s.Exprs {
		e.b = x.append(e.b)
	}
}
