package manifest

import (
	"fmt"
	"strconv"
	"strings"
)

// kind is a set of kinds of values. A node has exactly one.
type kind uint8

const (
	null kind = 1 << iota
	boolean
	integer
	float
	text
	sequence
	mapping
	unresolved // a variable that has no value here
)

// node is a value of the file. Nodes are not changed once they are made.
type node struct {
	kind   kind
	pos    Pos
	path   string
	text   string  // of a scalar; of an unresolved one the reason
	number float64 // of an integer or a float
	items  []*node
	fields []field
	loose  bool   // text from outside, where a number cannot be told from its text
	from   string // the variable that the value comes from, if any
}

// field is an entry of a mapping.
type field struct {
	key   string
	pos   Pos // of the key
	value *node
}

// get returns a field of a mapping. It is nil where there is none, also where n
// is nil or no mapping; null counts as none, as it does for FC.
func (n *node) get(keys ...string) *node {
	for _, key := range keys {
		n = n.lookup(key)
	}
	return n
}

func (n *node) lookup(key string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for _, f := range n.fields {
		if f.key == key && f.value.kind != null {
			return f.value
		}
	}
	return nil
}

// str returns the text of a string, or "".
func (n *node) str() string {
	if n == nil || n.kind != text {
		return ""
	}
	return n.text
}

// num returns the value of a number, or 0.
func (n *node) num() float64 {
	switch {
	case n == nil:
		return 0
	case n.kind&(integer|float) != 0:
		return n.number
	case n.loose:
		v, _ := strconv.ParseFloat(n.text, 64)
		return v
	}
	return 0
}

// truth returns the value of a boolean, or false.
func (n *node) truth() bool {
	return n != nil && (n.kind == boolean || n.loose) && n.text == "true"
}

// list returns the items of a sequence, or nothing.
func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// strings returns the strings in a sequence.
func (n *node) strings() (all []string) {
	for _, item := range n.list() {
		all = append(all, item.str())
	}
	return all
}

// reads reports whether the node can be read as one of the kinds. Text from
// outside the file, such as the environment's, is a number when it looks like
// one and a number is wanted.
func (n *node) reads(kinds kind) bool {
	if n.kind&kinds != 0 || n.kind == integer && kinds&float != 0 {
		return true
	}
	if !n.loose || n.kind != text {
		return false
	}
	if _, err := strconv.ParseInt(n.text, 10, 64); err == nil && kinds&(integer|float) != 0 {
		return true
	}
	if _, err := strconv.ParseFloat(n.text, 64); err == nil && kinds&float != 0 {
		return true
	}
	return kinds&boolean != 0 && (n.text == "true" || n.text == "false")
}

// describe says what a node is, for an error.
func (n *node) describe() string {
	var s string
	switch n.kind {
	case null:
		s = "empty"
	case boolean:
		s = n.text
	case integer, float:
		s = n.text
	case text:
		s = quote(n.text)
	case sequence:
		s = "a list"
	case mapping:
		s = "a mapping"
	case unresolved:
		s = "unknown"
	}
	if n.from != "" {
		s += fmt.Sprintf(" (from ${%s})", n.from)
	}
	return s
}

// quote returns text for an error: short, and in one line.
func quote(s string) string { return strconv.Quote(excerpt(s)) }

func excerpt(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// describeKinds says what is wanted.
func describeKinds(k kind) string {
	names := []struct {
		kind kind
		name string
	}{
		{boolean, "true or false"}, {float, "a number"}, {integer, "a whole number"},
		{text, "a string"}, {sequence, "a list"}, {mapping, "a mapping"},
	}
	var words []string
	for _, n := range names {
		if k&n.kind != 0 {
			words = append(words, n.name)
			k &^= n.kind
			if n.kind == float {
				k &^= integer
			}
		}
	}
	return strings.Join(words, " or ")
}
