package memory

// lent is a [Linear] as wazero has it: it grows, and stays when its instance
// goes.
type lent struct{ *Linear }

// Free does nothing: the memory is freed, or used again, by its owner.
func (lent) Free() {}
