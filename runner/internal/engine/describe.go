package engine

// Globals returns how many mutable globals a snapshot of the module holds.
func (m *Module) Globals() int { return len(m.globals) }

// Memory returns the linear memory. It aliases the instance and is valid until
// its next call.
func (in *Instance) Memory() []byte {
	in.wake()
	mem := in.mod.Memory()
	b, _ := mem.Read(0, mem.Size())
	return b
}
