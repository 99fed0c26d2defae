package code

import "time"

// Info says what became of a module's code.
type Info struct {
	Mode   Mode   // Absent when it is not in memory now
	Reason string // why it is or would be loaded in another way than mapped; may be empty
	Size   int64  // bytes of machine code, estimated for [Compiled]
	Stored bool   // it was found on disk, and neither rewritten nor compiled
	// Compile is how long it took to compile it when it was prepared, perhaps by
	// another process. It is zero where compiling is a part of loading.
	Compile time.Duration
}

// Info says what became of the code. Size is zero as long as it has never been
// resident, unless it was found on disk.
func (c *Code) Info() Info {
	s := c.entry.store
	s.mu.Lock()
	defer s.mu.Unlock()
	i := Info{Reason: s.reason, Size: c.entry.size, Stored: c.stored, Compile: c.manifest.Compile}
	if r := c.entry.in; r != nil {
		i.Mode, i.Reason = r.mode, r.reason
	}
	return i
}
