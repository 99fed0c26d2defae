package messages

import (
	"encoding/json"
	"fmt"
)

// InvokeResponse_Error says why an invocation failed. A handler that returns
// it, or panics with it, by value decides every field of what the caller sees:
//
//	return nil, messages.InvokeResponse_Error{Message: "no such user", Type: "NotFound"}
type InvokeResponse_Error struct {
	Message    string                             `json:"errorMessage"`
	Type       string                             `json:"errorType"`
	StackTrace []*InvokeResponse_Error_StackFrame `json:"stackTrace,omitempty"`
	// ShouldExit is set after a panic. Nothing acts on it.
	ShouldExit bool `json:"-"`
}

// Error returns the Go syntax of the value.
func (e InvokeResponse_Error) Error() string { return fmt.Sprintf("%#v", e) }

// ToJson returns the JSON form, indented by one space.
func (e InvokeResponse_Error) ToJson() string {
	text, err := json.MarshalIndent(e, "", " ")
	if err != nil { // no field can cause it
		return err.Error()
	}
	return string(text)
}
