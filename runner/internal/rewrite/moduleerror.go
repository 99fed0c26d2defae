package rewrite

import "fmt"

// ModuleError says why a well-formed module is refused.
type ModuleError struct {
	Pass   Pass
	Reason string
}

// Error returns the pass and the reason.
func (e *ModuleError) Error() string { return fmt.Sprintf("rewrite: %s: %s", e.Pass, e.Reason) }

func refuse(p Pass, format string, args ...any) error {
	return &ModuleError{Pass: p, Reason: fmt.Sprintf(format, args...)}
}
