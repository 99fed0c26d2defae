package wasm

// element reads one element segment, in any of its eight forms.
func (r *reader) element() Element {
	at := r.p
	flags := r.u32("element flags")
	if r.err == nil && flags > 7 {
		r.fail(Malformed, at, "bad element flags %#x", flags)
	}
	e := Element{Type: FuncRef, UseExprs: flags&4 != 0}
	switch {
	case flags&1 == 0:
		e.Mode = Active
		if flags&2 != 0 {
			e.Table = r.u32("table index")
		}
		e.Offset = r.constExpr()
	case flags&2 == 0:
		e.Mode = Passive
	default:
		e.Mode = Declarative
	}
	if flags&3 != 0 {
		at := r.p
		if e.UseExprs {
			e.Type = r.refType()
		} else if kind := r.byte("element kind"); r.err == nil && kind != 0 {
			r.fail(Malformed, at, "bad element kind %#02x", kind)
		}
	}
	if e.UseExprs {
		e.Exprs = make([]ConstExpr, r.count("items", MaxElementItems, 3))
		for i := range e.Exprs {
			if e.Exprs[i] = r.constExpr(); r.err != nil {
				break
			}
		}
		return e
	}
	e.Funcs = make([]uint32, r.count("items", MaxElementItems, 1))
	for i := range e.Funcs {
		e.Funcs[i] = r.u32("function index")
	}
	return e
}

func (r *reader) data() Data {
	at := r.p
	var d Data
	switch flags := r.u32("data flags"); flags {
	case 0:
		d.Offset = r.constExpr()
	case 1:
		d.Mode = Passive
	case 2:
		at := r.p
		if mem := r.u32("memory index"); r.err == nil && mem != 0 {
			r.fail(Unsupported, at, "memory %d needs the multi-memory proposal", mem)
		}
		d.Offset = r.constExpr()
	default:
		r.fail(Malformed, at, "bad data flags %#x", flags)
	}
	d.Init = r.bytes(int(r.u32("length of data")), "data segment")
	return d
}

func (r *reader) codes() []FuncBody {
	codes := make([]FuncBody, r.count("functions", MaxFunctions, 3))
	var arena []LocalRun
	for i := range codes {
		at := r.p
		size := int(r.u32("size of body"))
		body := reader{b: r.b, p: r.p, section: r.section}
		if r.bytes(size, "function body"); r.err != nil {
			return nil
		}
		if size > MaxBody {
			r.fail(TooLarge, at, "function body of %d bytes, limit %d", size, MaxBody)
			return nil
		}
		body.b = body.b[:r.p]
		start := len(arena)
		arena = body.locals(arena)
		if body.err == nil && (body.left() == 0 || r.b[r.p-1] != byte(OpEnd)) {
			body.malformed("function body %d does not end with end", i)
		}
		if body.err != nil {
			r.fail(body.err.Kind, body.err.Offset, "%s", body.err.Reason)
			return nil
		}
		codes[i] = FuncBody{Locals: arena[start:len(arena):len(arena)], Body: r.b[body.p:r.p:r.p], Offset: body.p}
	}
	return codes
}

func (r *reader) locals(arena []LocalRun) []LocalRun {
	total := uint64(0)
	for range r.count("local declarations", MaxLocals, 2) {
		at := r.p
		n := r.u32("number of locals")
		total += uint64(n)
		if total > MaxLocals {
			r.fail(TooLarge, at, "more than %d locals", MaxLocals)
		}
		t := r.valueType()
		if r.err != nil {
			break
		}
		arena = append(arena, LocalRun{Count: n, Type: t})
	}
	return arena
}
