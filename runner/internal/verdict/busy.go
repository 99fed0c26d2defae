package verdict

import (
	"fmt"
	"time"
)

// Full says that there is no room in the queue for an instance of a function, of
// which there may be so many.
func Full(function string, most, waiting int) string {
	return fmt.Sprintf("function %q has no free instance of at most %d, and %d wait for one already", function, most, waiting)
}

// Late says that the wait for one was too long.
func Late(function string, most int, within time.Duration) string {
	return fmt.Sprintf("function %q had no free instance of at most %d within %v", function, most, within)
}
