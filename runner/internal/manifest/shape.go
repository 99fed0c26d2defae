package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// shape says what a value must be. Shapes are tables, which nobody changes.
type shape struct {
	kinds    kind
	oneOf    []string                // of a string
	rule     func(s string) string   // of a string: what is wanted instead, or ""
	min, max float64                 // of a number, both inclusive; no limits when both are 0
	step     float64                 // of a number, 0 for any
	members  []member                // of a mapping
	values   *shape                  // of a mapping with any keys
	key      func(key string) string // of a mapping with any keys: what is wanted instead, or ""
	item     *shape                  // of a sequence
	nonempty bool                    // of a string, sequence or mapping
	either   []*shape                // instead of all else: the first that has the kind
}

// member is a known field of a mapping.
type member struct {
	name     string
	shape    *shape
	required bool
	ignored  string // why, when it is not used
}

func need(name string, s *shape) member { return member{name: name, shape: s, required: true} }
func may(name string, s *shape) member  { return member{name: name, shape: s} }
func skip(name string, s *shape, why string) member {
	return member{name: name, shape: s, ignored: why}
}

func object(members ...member) *shape { return &shape{kinds: mapping, members: members} }
func list(item *shape) *shape         { return &shape{kinds: sequence, item: item} }
func either(shapes ...*shape) *shape  { return &shape{either: shapes} }
func enum(names ...string) *shape     { return &shape{kinds: text, oneOf: names} }
func ruled(rule func(string) string) *shape {
	return &shape{kinds: text, rule: rule}
}
func whole(min, max float64) *shape  { return &shape{kinds: integer, min: min, max: max} }
func number(min, max float64) *shape { return &shape{kinds: float, min: min, max: max} }

var (
	anything = &shape{kinds: boolean | integer | float | text | sequence | mapping}
	str      = &shape{kinds: text}
	filled   = &shape{kinds: text, nonempty: true}
	flag     = &shape{kinds: boolean}
	strs     = list(str)
	free     = &shape{kinds: mapping}
)

// check reports all that is wrong with n, and notes what is ignored of it. field
// is the name of n from props on.
func (r *reader) check(n *node, s *shape, field, id string) {
	if n.kind == null {
		return // absent, as far as FC cares
	}
	if n.kind == unresolved {
		if !r.ignoring {
			r.report(n, "%s", n.text)
		}
		return
	}
	if s.either != nil {
		var kinds kind
		for _, e := range s.either {
			if n.reads(e.kinds) {
				r.check(n, e, field, id)
				return
			}
			kinds |= e.kinds
		}
		r.report(n, "%s", wrongKind(n, kinds))
		return
	}
	if !n.reads(s.kinds) {
		r.report(n, "%s", wrongKind(n, s.kinds))
		return
	}
	switch {
	case n.kind == mapping:
		r.checkMapping(n, s, field, id)
	case n.kind == sequence:
		if s.nonempty && len(n.items) == 0 {
			r.report(n, "is an empty list, want at least one entry")
		}
		for _, item := range n.items {
			if s.item == nil {
				continue
			}
			if item.kind == null {
				r.report(item, "is empty, want %s", describeKinds(s.item.all()))
				continue
			}
			r.check(item, s.item, field+"[]", id)
		}
	case s.kinds&(integer|float) != 0 && (n.kind != text || n.loose):
		if wrong := s.checkNumber(n.num()); wrong != "" {
			r.report(n, "is %s, want %s", n.describe(), wrong)
		}
	case n.kind == text:
		switch wrong := s.checkText(n.text); {
		case wrong == "":
		case s.oneOf != nil && didYouMean(n.text, s.oneOf) != "":
			r.report(n, "is %s%s", n.describe(), didYouMean(n.text, s.oneOf)) // which a long list would hide
		default:
			r.report(n, "is %s, want %s", n.describe(), wrong)
		}
	}
}

// all returns the kinds that a value may have.
func (s *shape) all() (kinds kind) {
	kinds = s.kinds
	for _, e := range s.either {
		kinds |= e.kinds
	}
	return kinds
}

func (r *reader) checkMapping(n *node, s *shape, path, id string) {
	if s.nonempty && len(n.fields) == 0 {
		r.report(n, "is an empty mapping, want at least one field")
	}
	if s.members == nil {
		for _, f := range n.fields {
			if s.key != nil {
				if wrong := s.key(f.key); wrong != "" {
					r.reportAt(f.pos, f.value.path, "has the name %s, want %s", quote(f.key), wrong)
				}
			}
			switch {
			case s.values == nil:
			case f.value.kind == null:
				r.reportAt(f.pos, f.value.path, "is empty, want %s", describeKinds(s.values.all()))
			default:
				r.check(f.value, s.values, join(path, f.key), id)
			}
		}
		return
	}
	for _, f := range n.fields {
		i := slices.IndexFunc(s.members, func(m member) bool { return m.name == f.key })
		if i < 0 {
			hint, meant := s.suggest(f.key)
			r.meant[join(n.path, meant)] = true
			r.reportAt(f.pos, f.value.path, "is unknown%s", hint)
			continue
		}
		r.checkMember(n, f, &s.members[i], path, id)
	}
	for _, m := range s.members {
		if m.required && !r.meant[join(n.path, m.name)] && !slices.ContainsFunc(n.fields, func(f field) bool { return f.key == m.name }) {
			r.report(n, "has no %s, want %s", m.name, m.shape.want())
		}
	}
}

func (r *reader) checkMember(n *node, f field, m *member, path, id string) {
	if m.ignored != "" && !r.ignoring {
		r.ignore(join(path, f.key), m.ignored, f.pos, id)
		r.ignoring = true
		defer func() { r.ignoring = false }()
	}
	if f.value.kind == null && m.required {
		r.reportAt(f.pos, f.value.path, "is empty, want %s", describeKinds(m.shape.all()))
		return
	}
	r.check(f.value, m.shape, join(path, f.key), id)
}

// suggest names the field that was meant, in words and as the name of a member.
func (s *shape) suggest(key string) (hint, meant string) {
	names := make([]string, len(s.members))
	for i, m := range s.members {
		names[i] = m.name
	}
	if moved := movedFields[key]; moved != "" {
		if first, _, _ := strings.Cut(moved, "."); slices.Contains(names, first) {
			return ", did you mean " + moved + "?", first
		}
	}
	if best := closest(key, names); best != "" || len(names) > 10 {
		return didYouMean(key, names), best
	}
	return ", want one of " + strings.Join(names, ", "), ""
}

// want says what the shape asks for.
func (s *shape) want() string {
	switch {
	case len(s.oneOf) > 10:
		return "one such as " + strings.Join(s.oneOf[:3], ", ")
	case s.oneOf != nil:
		return s.checkText("\x00")
	case s.kinds&(integer|float) != 0 && s.min != s.max:
		return s.span()
	}
	return describeKinds(s.all())
}

func (s *shape) checkText(v string) string {
	switch {
	case s.oneOf != nil && !slices.Contains(s.oneOf, v):
		if len(s.oneOf) == 1 {
			return s.oneOf[0]
		}
		return "one of " + strings.Join(s.oneOf, ", ")
	case s.nonempty && v == "":
		return "some text"
	case s.rule != nil:
		return s.rule(v)
	}
	return ""
}

func (s *shape) checkNumber(v float64) string {
	outside := s.min != s.max && !(v >= s.min && v <= s.max)
	if outside || s.step != 0 && math.Mod(v, s.step) != 0 {
		return s.span()
	}
	return ""
}

func (s *shape) span() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	span := fmt.Sprintf("%s to %s", number(s.min), number(s.max))
	if s.step != 0 {
		return fmt.Sprintf("a multiple of %s, %s", number(s.step), span)
	}
	return span
}

// wrongKind says that a value is of another kind than wanted.
func wrongKind(n *node, kinds kind) string {
	wrong := fmt.Sprintf("is %s, want %s", n.describe(), describeKinds(kinds))
	if n.kind == unresolved {
		return n.text
	}
	if n.kind&(boolean|integer|float) != 0 && kinds&text != 0 {
		return fmt.Sprintf("is the %s %s, want %s: write \"%s\"", map[kind]string{boolean: "boolean", integer: "number", float: "number"}[n.kind], n.describe(), describeKinds(kinds), excerpt(n.text))
	}
	return wrong
}
