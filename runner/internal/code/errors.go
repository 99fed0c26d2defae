package code

import (
	"errors"
	"fmt"
)

// ErrClosed says that the store, or the code, has been closed.
var ErrClosed = errors.New("code: store is closed")

// DirError says that a directory must not hold code.
type DirError struct{ Dir, Reason string }

func (e *DirError) Error() string {
	return fmt.Sprintf("code: opening directory %s: %s", e.Dir, e.Reason)
}

// CompileError says that wazero refuses a module.
type CompileError struct{ Err error }

func (e *CompileError) Error() string { return "code: compiling module: " + e.Err.Error() }
func (e *CompileError) Unwrap() error { return e.Err }

// FileError says that a file of the store is missing, damaged or of another
// version. Prepare makes it anew.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("code: reading %s: %v", e.Path, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }
