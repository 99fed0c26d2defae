package native

import "fmt"

// Form says in which form a [Go1] program gets the requests of an HTTP trigger.
type Form uint8

const (
	// FormAuto begins with FormEvent, and turns to FormParams when the program
	// answers that it found no HTTP parameters: that is what the FC Go SDK says
	// before it calls a handler of fc.StartHttp. The first result of the handler
	// shows which it is, for good.
	FormAuto Form = iota
	// FormEvent is FC 3.0's: the request becomes an event, the result an answer.
	FormEvent
	// FormParams is FC 2.0's, for handlers of fc.StartHttp: the body is passed
	// on as it is, all else beside it.
	FormParams
)

var formNames = [...]string{"auto", "event", "params"}

// String returns auto, event or params.
func (f Form) String() string { return formNames[f] }

// MarshalText implements [encoding.TextMarshaler].
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Form) UnmarshalText(text []byte) error {
	for n, name := range formNames {
		if string(text) == name {
			*f = Form(n)
			return nil
		}
	}
	return fmt.Errorf("native: form of HTTP requests is %q, want auto, event or params", text)
}
