package fc

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// plain reports whether decoding and encoding events runs no user code.
func (h *eventHandler) plain() bool {
	seen := map[reflect.Type]bool{}
	return (h.in == nil || h.in == bytesType || plain(h.in, seen)) && (h.out == nil || plain(h.out, seen))
}

// sample returns an event, which need not fit.
func (h *eventHandler) sample() []byte {
	if h.in == nil || h.in == bytesType {
		return []byte("{}")
	}
	return sample(h.in)
}

// sample returns a document to decode into a value of type t. It need not fit.
func sample(t reflect.Type) []byte {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Map, reflect.Interface:
		return []byte(`{"key":["value",1,true,null,{}]}`)
	case reflect.Slice:
		return append(append([]byte{'['}, sample(t.Elem())...), ']')
	}
	doc, err := json.Marshal(reflect.Zero(t).Interface())
	if err != nil {
		return []byte("null")
	}
	return doc
}

// codecTypes are the interfaces through which package json calls user code.
func codecTypes() [4]reflect.Type {
	return [4]reflect.Type{
		reflect.TypeOf((*json.Marshaler)(nil)).Elem(),
		reflect.TypeOf((*json.Unmarshaler)(nil)).Elem(),
		reflect.TypeOf((*encoding.TextMarshaler)(nil)).Elem(),
		reflect.TypeOf((*encoding.TextUnmarshaler)(nil)).Elem(),
	}
}

// plain reports whether package json can handle t, and all that hangs off it,
// without calling user code. Seen breaks cycles.
func plain(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer:
		return plain(t.Elem(), seen)
	case reflect.Interface:
		return true // stays nil
	}
	switch t.PkgPath() {
	case "time", "encoding/json", "math/big":
		return true // their codecs have no side effects
	}
	for _, codec := range codecTypes() {
		if t.Implements(codec) || reflect.PointerTo(t).Implements(codec) {
			return false
		}
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return plain(t.Elem(), seen)
	case reflect.Map:
		return plain(t.Key(), seen) && plain(t.Elem(), seen)
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if !plain(t.Field(i).Type, seen) {
				return false
			}
		}
	}
	return true
}
