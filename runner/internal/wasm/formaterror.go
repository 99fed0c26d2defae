package wasm

import "fmt"

// Kind says why a module was refused.
type Kind uint8

const (
	// Malformed means that the binary breaks the format.
	Malformed Kind = iota
	// Unsupported means that the binary uses a proposal beyond core 2.0;
	// the reason names it.
	Unsupported
	// TooLarge means that one of the limits of this package is exceeded; the reason
	// names it.
	TooLarge
)

// FormatError is the error of everything in this package that reads a binary.
type FormatError struct {
	Kind    Kind
	Offset  int    // byte offset in the module
	Section string // e.g. "import", or "code[7]" within a function body
	Reason  string
}

// Error returns the place and the reason.
func (e *FormatError) Error() string {
	return fmt.Sprintf("wasm: reading %s at offset %#x: %s", e.Section, e.Offset, e.Reason)
}
