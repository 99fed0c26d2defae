package wasm

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
