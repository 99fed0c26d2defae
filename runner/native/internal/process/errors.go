package process

import (
	"errors"
	"fmt"
)

// ErrUnsupported is returned where native processes cannot be contained: on
// other systems than Linux.
var ErrUnsupported = errors.New("process: native processes need Linux")

// MissingError tells that a mechanism that Spec.Require names cannot be had.
type MissingError struct {
	Mechanism Mechanism
	Reason    string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("process: required mechanism %s is missing: %s", e.Mechanism, e.Reason)
}
