package code

// Info says what became of a module's code.
type Info struct {
	Mode   Mode   // Absent when it is not in memory now
	Reason string // why it is or would be loaded in another way than mapped; may be empty
	Size   int64  // bytes of machine code, estimated for [Compiled]
	Stored bool   // it was found on disk, and neither rewritten nor compiled
}

// Info says what became of the code. Size is zero while it is not resident.
func (c *Code) Info() Info {
	s := c.entry.store
	s.mu.Lock()
	defer s.mu.Unlock()
	i := Info{Reason: s.reason, Stored: c.stored}
	if r := c.entry.in; r != nil {
		i.Mode, i.Reason, i.Size = r.mode, r.reason, r.size
	}
	return i
}
