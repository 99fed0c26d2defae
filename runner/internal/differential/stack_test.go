package differential

import (
	"encoding/json"
	"strings"
)

// failure is the body of an answer for a function that failed.
type failure struct {
	Message string  `json:"errorMessage"`
	Type    string  `json:"errorType"`
	Stack   []frame `json:"stackTrace,omitempty"`
}

type frame struct {
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Label string `json:"label"`
}

// shortenStack takes those frames out of a stack trace that depend on the
// processor: of Go's runtime, and of what is below the handler, where a module
// has another way to be called. The SDK's and the user's are left.
func shortenStack(body string) string {
	var f failure
	if json.Unmarshal([]byte(body), &f) != nil || len(f.Stack) == 0 {
		return body
	}
	var kept []frame
	for _, s := range f.Stack {
		if strings.HasPrefix(s.Path, "runtime/") || strings.HasPrefix(s.Path, "reflect/") {
			continue
		}
		if strings.HasSuffix(s.Path, "/fc/dispatch.go") {
			break
		}
		kept = append(kept, s)
	}
	f.Stack = kept
	text, err := json.Marshal(f)
	if err != nil {
		return body
	}
	return string(text)
}
