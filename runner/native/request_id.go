package native

import (
	"fmt"
	"strings"
)

// RequestIDError says that an event's request id cannot be used. It may have no
// control characters and, for a [Go1] program, which pastes it into URLs, none of
// the characters ?, #, %, / and space. Of two invocations with one id, an instance
// can run only one at a time.
type RequestIDError struct {
	ID  string
	Why string
}

func (e *RequestIDError) Error() string {
	return fmt.Sprintf("native: the request id %q cannot be used: %s", e.ID, e.Why)
}

// checkID refuses ids that would not come back as they went.
func (f *Function) checkID(id string) error {
	bad := func(r rune) bool {
		return r < ' ' || r == 0x7f || f.program.Kind == Go1 && strings.ContainsRune("?#%/ ", r)
	}
	if i := strings.IndexFunc(id, bad); i >= 0 {
		return &RequestIDError{ID: id, Why: fmt.Sprintf("it has a %q", id[i])}
	}
	return nil
}

// reserve keeps an id from being used by two at a time, and release gives it
// back.
func (in *instance) reserve(id string) (release func(), err error) {
	if _, taken := in.ids.LoadOrStore(id, struct{}{}); taken {
		return nil, &RequestIDError{ID: id, Why: "another invocation in this instance has it"}
	}
	return func() { in.ids.Delete(id) }, nil
}
