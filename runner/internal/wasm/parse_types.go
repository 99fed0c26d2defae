package wasm

func (r *reader) types() []FuncType {
	n := r.count("types", MaxTypes, 3)
	types := make([]FuncType, n)
	arena := make([]ValueType, 0, r.left())
	list := func(what string) []ValueType {
		n := r.count(what, MaxParams, 1)
		start := len(arena)
		for range n {
			arena = append(arena, r.valueType())
		}
		return arena[start:len(arena):len(arena)]
	}
	for i := range types {
		at := r.p
		switch form := r.byte("type"); form {
		case 0x60:
			types[i] = FuncType{Params: list("parameters"), Results: list("results")}
		case 0x5f, 0x5e, 0x50, 0x4f, 0x4e:
			r.fail(Unsupported, at, "type form %#02x needs the garbage collection proposal", form)
		case 0x5d:
			r.fail(Unsupported, at, "type form %#02x needs the stack switching proposal", form)
		default:
			r.fail(Malformed, at, "unknown type form %#02x", form)
		}
		if r.err != nil {
			return nil
		}
	}
	return types
}

func (r *reader) imports() []Import {
	imports := make([]Import, r.count("imports", MaxImports, 4))
	for i := range imports {
		imp := &imports[i]
		imp.Module = r.name("import module")
		imp.Name = r.name("import name")
		at := r.p
		imp.Kind = ExternKind(r.byte("import kind"))
		switch imp.Kind {
		case ExternFunc:
			imp.Type = r.u32("type index")
		case ExternTable:
			imp.Table = r.table()
		case ExternMemory:
			imp.Memory = r.memory()
		case ExternGlobal:
			imp.Global = r.globalType()
		default:
			r.badKind(at, imp.Kind)
		}
		if r.err != nil {
			return nil
		}
	}
	return imports
}

func (r *reader) exports() []Export {
	exports := make([]Export, r.count("exports", MaxExports, 3))
	seen := make(map[string]struct{}, len(exports))
	for i := range exports {
		e := &exports[i]
		at := r.p
		e.Name = r.name("export name")
		if _, ok := seen[e.Name]; ok {
			r.fail(Malformed, at, "two exports are named %q", e.Name)
		}
		seen[e.Name] = struct{}{}
		at = r.p
		if e.Kind = ExternKind(r.byte("export kind")); e.Kind > ExternGlobal {
			r.badKind(at, e.Kind)
		}
		e.Index = r.u32("export index")
		if r.err != nil {
			return nil
		}
	}
	return exports
}

func (r *reader) badKind(at int, k ExternKind) {
	if k == 4 {
		r.fail(Unsupported, at, "a tag needs the exception handling proposal")
		return
	}
	r.fail(Malformed, at, "unknown kind %d", k)
}

func (r *reader) table() Table {
	at := r.p
	if r.left() > 0 && r.b[r.p] == 0x40 {
		r.fail(Unsupported, at, "a table with an initial value needs the typed function references proposal")
	}
	t := Table{Type: r.refType(), Limits: r.limits()}
	if r.err == nil && t.Min > MaxTableSize {
		r.fail(TooLarge, at, "table of %d entries, limit %d", t.Min, MaxTableSize)
	}
	return t
}

func (r *reader) memory() Memory {
	at := r.p
	m := Memory{r.limits()}
	if r.err == nil && (m.Min > MaxMemoryPages || m.HasMax && m.Max > MaxMemoryPages) {
		r.fail(Malformed, at, "memory beyond %d pages of 64 KiB", MaxMemoryPages)
	}
	return m
}

func (r *reader) globalType() GlobalType {
	g := GlobalType{Type: r.valueType()}
	at := r.p
	switch mut := r.byte("mutability"); mut {
	case 0:
	case 1:
		g.Mutable = true
	case 2, 3:
		r.fail(Unsupported, at, "a shared global needs the shared-everything threads proposal")
	default:
		r.fail(Malformed, at, "bad mutability %#02x", mut)
	}
	return g
}
