package manifest

import "time"

// Hook is a lifecycle hook: an initializer, a pre-freeze or a pre-stop hook. It
// has a handler or a command, or neither.
type Hook struct {
	Handler string
	Command []string
	Timeout time.Duration
}
