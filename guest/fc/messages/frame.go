package messages

// InvokeResponse_Error_StackFrame is one line of a stack trace, innermost
// first.
type InvokeResponse_Error_StackFrame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}
