package trigger

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// each calls f for every member of an object: the key with its quotes, the
// value without space around it. doc must be valid JSON; other values have no
// members.
func each(doc []byte, f func(key, value []byte)) {
	i := space(doc, 0)
	if i == len(doc) || doc[i] != '{' {
		return
	}
	i = space(doc, i+1)
	for doc[i] != '}' {
		key := doc[i:skip(doc, i)]
		i = space(doc, i+len(key))
		i = space(doc, i+1) // the colon
		value := doc[i:skip(doc, i)]
		f(key, value)
		i = space(doc, i+len(value))
		if doc[i] == ',' {
			i = space(doc, i+1)
		}
	}
}

// space returns where the white space at i ends.
func space(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\t' || doc[i] == '\n' || doc[i] == '\r') {
		i++
	}
	return i
}

// skip returns where the value at i ends.
func skip(doc []byte, i int) int {
	depth := 0
	for {
		switch doc[i] {
		case '"':
			i = skipString(doc, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
			if depth == 0 {
				return skipLiteral(doc, i)
			}
		}
		if depth == 0 {
			return i
		}
	}
}

func skipString(doc []byte, i int) int {
	i++
	for {
		i += bytes.IndexByte(doc[i:], '"')
		back := i
		for doc[back-1] == '\\' {
			back--
		}
		i++
		if (i-1-back)%2 == 0 { // quotes behind an odd number of backslashes are text
			return i
		}
	}
}

// skipLiteral returns where a number, true, false or null ends.
func skipLiteral(doc []byte, i int) int {
	for i < len(doc) && doc[i] != ',' && doc[i] != '}' && doc[i] != ']' && space(doc, i) == i {
		i++
	}
	return i
}

// text returns the content of a valid JSON string. It aliases raw unless
// something in it has to be decoded.
func text(raw []byte) []byte {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return inner
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil // raw is valid, so this cannot happen
	}
	return []byte(s)
}

// validName reports whether HTTP allows a header of that name.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return false
		}
	}
	return name != ""
}

// validValue reports whether HTTP allows a header of that value.
func validValue(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
