//go:build !wasip1

package process

import (
	"encoding/json"

	"github.com/wafer-run/wafer/abi"
)

// Answer is what came of an invocation.
type Answer struct {
	// Failure is nil when the invocation succeeded. The other fields do not
	// count when it is set.
	Failure *abi.Error
	// Body is the event's result, or the body of the HTTP response.
	Body []byte
	// Head is set for HTTP requests only. Its BodySize says nothing.
	Head *abi.HTTPHead
}

// Failed returns the answer for an invocation that failed outside of the
// handler.
func Failed(message, errorType string) *Answer {
	return &Answer{Failure: &abi.Error{Message: message, Type: errorType}}
}

// failure is the JSON form of an error. The names are the platform's.
type failure struct {
	Message string  `json:"errorMessage"`
	Type    string  `json:"errorType"`
	Stack   []frame `json:"stackTrace,omitempty"`
}

type frame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}

// FailureJSON returns the failure as the platform wants it. Each level of an
// indented form is indented by one space; a compact one is one line.
func (a *Answer) FailureJSON(indented bool) []byte {
	f := failure{Message: a.Failure.Message, Type: a.Failure.Type}
	for _, s := range a.Failure.Stack {
		f.Stack = append(f.Stack, frame{Path: s.Path, Line: int32(s.Line), Label: s.Label})
	}
	var text []byte
	var err error
	if indented {
		text, err = json.MarshalIndent(f, "", " ")
	} else {
		text, err = json.Marshal(f)
	}
	if err != nil { // strings and numbers always encode
		return []byte(`{"errorMessage":"unprintable error","errorType":"Runtime.SerializationError"}`)
	}
	return text
}
