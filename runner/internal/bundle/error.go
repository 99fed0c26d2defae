package bundle

import "fmt"

// Error says what is wrong with a package.
type Error struct {
	File    string // the package, as it was named
	Entry   string // what in it, or "" for the whole
	Problem string // with limit and observed value, where there is a limit
}

func (e *Error) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("bundle: %s: %s", e.File, e.Problem)
	}
	return fmt.Sprintf("bundle: %s: entry %q: %s", e.File, e.Entry, e.Problem)
}

func failf(file, entry, format string, args ...any) error {
	return &Error{file, entry, fmt.Sprintf(format, args...)}
}
