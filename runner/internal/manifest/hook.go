package manifest

import "time"

// Hook is a lifecycle hook: an initializer, a pre-freeze or a pre-stop hook.
type Hook struct {
	Handler string // empty for one that FC has a command for
	Timeout time.Duration
}
