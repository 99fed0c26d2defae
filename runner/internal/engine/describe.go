package engine

// Globals returns how many mutable globals a snapshot of the module holds.
func (m *Module) Globals() int { return len(m.globals) }
