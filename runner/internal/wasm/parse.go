package wasm

import (
	"encoding/binary"
	"fmt"
)

// sectionID is the number of a section.
type sectionID byte

const (
	secCustom sectionID = iota
	secType
	secImport
	secFunction
	secTable
	secMemory
	secGlobal
	secExport
	secStart
	secElement
	secCode
	secData
	secDataCount
	secTag
	numSections
)

func (s sectionID) String() string {
	names := [numSections]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"}
	if s < numSections {
		return names[s]
	}
	return fmt.Sprintf("section %d", byte(s))
}

// rank gives the order sections must come in, which differs from their numbers for
// the data count section.
func (s sectionID) rank() int {
	if s == secDataCount {
		return int(secElement)*2 + 1
	}
	return int(s) * 2
}

const (
	magic   = 0x6d736100
	version = 1
)

// Parse decodes a module. The result aliases bin.
//
// # Errors
//
// Every error is a [*FormatError].
func Parse(bin []byte) (*Module, error) {
	m, err := parse(bin)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func parse(bin []byte) (*Module, *FormatError) {
	if len(bin) < 8 || binary.LittleEndian.Uint32(bin) != magic {
		return nil, &FormatError{Section: "header", Reason: "not a WebAssembly module"}
	}
	if v := binary.LittleEndian.Uint32(bin[4:]); v != version {
		if v&0xffff0000 != 0 {
			return nil, &FormatError{Kind: Unsupported, Offset: 4, Section: "header", Reason: "a component needs the component model proposal"}
		}
		return nil, &FormatError{Offset: 4, Section: "header", Reason: fmt.Sprintf("version %d, want %d", v, version)}
	}
	m := &Module{}
	last := -1
	top := reader{b: bin, p: 8, section: "section header"}
	for top.left() > 0 {
		at := top.p
		id := sectionID(top.byte("section number"))
		size := top.u32("section size")
		start := top.p
		if top.bytes(int(size), id.String()+" section"); top.err != nil {
			return nil, top.err
		}
		if id != secCustom && id < secTag {
			if rank := id.rank(); rank <= last {
				return nil, &FormatError{Offset: at, Section: id.String(), Reason: "section out of order"}
			} else {
				last = rank
			}
		}
		r := &reader{b: bin[:top.p:top.p], p: start, section: id.String()}
		m.section(r, id)
		if r.err == nil && r.left() != 0 {
			r.malformed("%d bytes behind the section's content", r.left())
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return m, m.check()
}

func (m *Module) section(r *reader, id sectionID) {
	switch id {
	case secCustom:
		name := r.name("custom section name")
		m.Customs = append(m.Customs, Custom{Name: name, Data: r.bytes(r.left(), "custom section")})
	case secType:
		m.Types = r.types()
	case secImport:
		m.Imports = r.imports()
	case secFunction:
		m.Functions = make([]uint32, r.count("functions", MaxFunctions, 1))
		for i := range m.Functions {
			m.Functions[i] = r.u32("type index")
		}
	case secTable:
		m.Tables = make([]Table, r.count("tables", MaxTables, 3))
		for i := range m.Tables {
			m.Tables[i] = r.table()
		}
	case secMemory:
		n := r.count("memories", MaxTables, 2)
		if n > 1 {
			r.malformedMemories(n)
			return
		}
		m.Memories = make([]Memory, n)
		for i := range m.Memories {
			m.Memories[i] = r.memory()
		}
	case secGlobal:
		m.Globals = make([]Global, r.count("globals", MaxGlobals, 5))
		for i := range m.Globals {
			m.Globals[i] = Global{r.globalType(), r.constExpr()}
			if r.err != nil {
				return
			}
		}
	case secExport:
		m.Exports = r.exports()
	case secStart:
		f := r.u32("function index")
		m.Start = &f
	case secElement:
		m.Elements = make([]Element, r.count("element segments", MaxElements, 2))
		for i := range m.Elements {
			if m.Elements[i] = r.element(); r.err != nil {
				return
			}
		}
	case secCode:
		m.Codes = r.codes()
	case secData:
		m.Datas = make([]Data, r.count("data segments", MaxDatas, 2))
		for i := range m.Datas {
			if m.Datas[i] = r.data(); r.err != nil {
				return
			}
		}
	case secDataCount:
		n := r.u32("number of data segments")
		m.DataCount = &n
	case secTag:
		r.fail(Unsupported, r.p, "a tag section needs the exception handling proposal")
	default:
		r.malformed("unknown section")
	}
}

func (r *reader) malformedMemories(n int) {
	r.fail(Unsupported, r.p, "%d memories need the multi-memory proposal", n)
}
