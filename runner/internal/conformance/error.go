package conformance

import "encoding/json"

// Error is an answer of the platform: a request that did not get as far as the
// function, or whose answer could not be sent.
type Error struct{ Code, Message string }

// body is how the generation's API words the error.
func (e *Error) body(two bool) string {
	if two {
		return `{"ErrorCode":"` + e.Code + `","ErrorMessage":"` + quoted(e.Message) + `"}`
	}
	return `{"Code":"` + e.Code + `","Message":"` + quoted(e.Message) + `","RequestId":"«id»"}`
}

// Failure is an error of the function: the InvokeFunction call answers it with
// status 200, an HTTP trigger with 502.
type Failure struct{ Message, Type, More string }

func (f *Failure) body() string {
	return `{"errorMessage":"` + quoted(f.Message) + `","errorType":"` + f.Type + `"` + f.More + `}`
}

// quoted is s as the inside of a JSON string, which leaves patterns alone as far
// as they have nothing to escape.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}
