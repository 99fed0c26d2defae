package abitest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
)

// Result is what the codec made of a vector. Results of two runs, for example
// on the host and in a guest, are comparable with ==.
type Result struct {
	Name    string `json:"name"`
	Value   string `json:"value,omitempty"`   // JSON of the decoded value
	Encoded string `json:"encoded,omitempty"` // hex of the value encoded again
	Error   string `json:"error,omitempty"`   // the decoder's error
	Failure string `json:"failure,omitempty"` // how this differs from the vector
}

// Run decodes the vector and encodes the value again.
func (v Vector) Run() Result {
	got := v.Frame.New()
	frame := v.Bytes()
	res := Result{Name: v.Name}
	if err := got.Decode(frame); err != nil {
		res.Error = err.Error()
		if res.Error != v.Error {
			res.Failure = fmt.Sprintf("error is %q, want %q", res.Error, v.Error)
		}
		return res
	}
	res.Value = string(valueJSON(got))
	encoded := got.AppendTo(nil)
	res.Encoded = hex.EncodeToString(encoded)
	switch {
	case v.Error != "":
		res.Failure = fmt.Sprintf("no error, want %q", v.Error)
	case !reflect.DeepEqual(got, v.Value):
		res.Failure = fmt.Sprintf("value is %s, want %s", res.Value, valueJSON(v.Value))
	case (string(encoded) == string(frame)) == v.OneWay:
		res.Failure = fmt.Sprintf("encoded again: %x from %x, one way: %t", encoded, frame, v.OneWay)
	}
	return res
}

// valueJSON returns the value as JSON without fields that are zero or empty,
// which a frame does not carry either.
func valueJSON(v Value) json.RawMessage {
	full, err := json.Marshal(v)
	if err != nil {
		panic("abitest: " + err.Error()) // structs of strings, bytes and integers
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(full, &fields); err != nil {
		panic("abitest: " + err.Error())
	}
	short, err := json.Marshal(dropEmpty(fields))
	if err != nil {
		panic("abitest: " + err.Error())
	}
	return short
}

// dropEmpty removes empty fields, also those of objects one level down.
func dropEmpty(fields map[string]json.RawMessage) map[string]json.RawMessage {
	for k, v := range fields {
		var inner map[string]json.RawMessage
		if v[0] == '{' && json.Unmarshal(v, &inner) == nil {
			v, _ = json.Marshal(dropEmpty(inner))
			fields[k] = v
		}
		switch string(v) {
		case `""`, "0", "null", "[]", "{}":
			delete(fields, k)
		}
	}
	return fields
}
