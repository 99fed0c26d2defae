// Package workload is what the benchmarks have handlers do: where a handler's
// source is, what is sent to it, and what must come back.
package workload

import (
	"bytes"
	"fmt"
)

// Kind says how a handler is called.
type Kind string

// The kinds.
const (
	Event Kind = "event" // a payload in, a payload out
	HTTP  Kind = "http"  // an HTTP request and its answer
)

// Workload is a handler and a request for it.
type Workload struct {
	Name  string
	About string // one line, for people
	Dir   string // of the source, from the root of the tree
	Kind  Kind
	// Initializer says that the handler has one, which must have run before
	// the first request.
	Initializer bool

	Method string // of HTTP
	Path   string // of HTTP, with the query
	Body   []byte
	check  func([]byte) error
}

// Check says whether an answer is the right one.
func (w *Workload) Check(answer []byte) error {
	if err := w.check(answer); err != nil {
		return fmt.Errorf("workload: the answer of %s: %w", w.Name, err)
	}
	return nil
}

// equal wants exactly that answer, but for space around it.
func equal(want string) func([]byte) error {
	return func(got []byte) error {
		if string(bytes.TrimSpace(got)) == want {
			return nil
		}
		return fmt.Errorf("got %.200q, want %.200q", got, want)
	}
}

// length wants an answer of that many bytes.
func length(want int) func([]byte) error {
	return func(got []byte) error {
		if len(got) == want {
			return nil
		}
		return fmt.Errorf("got %d bytes, want %d", len(got), want)
	}
}
